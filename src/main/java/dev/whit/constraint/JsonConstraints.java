package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.whit.backend.TokenConstraint;
import dev.whit.constraint.GrammarBuilder.Rule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The constraints of one model: answers that are JSON. What a schema was compiled to is kept, and
 * with it the masks that were computed. Safe for use by many threads.
 */
public final class JsonConstraints {
  private static final int MAX_KEPT = 32;
  private static final int MAX_KEPT_NODES = 1 << 20;
  private static final int MAX_MASK_BYTES = 64 << 20;

  /** The schema of any JSON object. */
  public static final JsonNode ANY_OBJECT =
      JsonNodeFactory.instance.objectNode().put("type", "object");

  private final TokenVocabulary vocabulary;
  private final MaskCache masks;
  private final Map<Object, GrammarConstraint> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** Constraints over a vocabulary. */
  public JsonConstraints(TokenVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    masks = new MaskCache(MAX_MASK_BYTES / (Long.BYTES * vocabulary.words()));
  }

  /** Any JSON object. */
  public TokenConstraint object() {
    return schema(ANY_OBJECT);
  }

  /**
   * JSON that a schema validates.
   *
   * @throws SchemaException if it is no schema, or cannot be enforced
   */
  public TokenConstraint schema(JsonNode schema) {
    return kept(
        schema,
        () -> {
          MetaSchema.check(schema);
          CompileBudget budget = new CompileBudget();
          GrammarBuilder builder = new GrammarBuilder(vocabulary.singleBytes(), budget);
          return builder.build(new SchemaCompiler(schema, builder, budget).compile());
        });
  }

  private record Calls(
      CallSyntax syntax,
      List<FunctionSpec> functions,
      boolean parallel,
      @Nullable JsonNode otherwise) {}

  /**
   * Calls of functions, with arguments that their schemas validate.
   *
   * @param parallel whether there may be more than one
   * @param otherwise the schema of JSON that may come in place of calls, null for calls only
   * @throws SchemaException if a schema is none, or cannot be enforced
   */
  public TokenConstraint calls(
      CallSyntax syntax,
      List<FunctionSpec> functions,
      boolean parallel,
      @Nullable JsonNode otherwise) {
    return kept(
        new Calls(syntax, functions, parallel, otherwise),
        () -> {
          functions.forEach(function -> MetaSchema.check(function.parameters()));
          CompileBudget budget = new CompileBudget();
          GrammarBuilder builder = new GrammarBuilder(vocabulary.singleBytes(), budget);
          Rule answer = new CallCompiler(syntax, builder, budget).compile(functions, parallel);
          if (otherwise != null) {
            MetaSchema.check(otherwise);
            Rule json = new SchemaCompiler(otherwise, builder, budget).compile();
            builder.call(answer.start(), json, answer.end());
          }
          return builder.build(answer);
        });
  }

  /** Compiles what is not kept; outside of the lock, as it may take long. */
  private TokenConstraint kept(Object source, Supplier<Grammar> compile) {
    synchronized (kept) {
      TokenConstraint known = kept.get(source);
      if (known != null) {
        return known;
      }
    }
    Grammar grammar = compile.get();
    if (grammar.heights()[grammar.start()] == Grammar.ENDLESS) {
      throw new SchemaException("#", "no value satisfies the schema");
    }
    GrammarConstraint made = new GrammarConstraint(grammar, vocabulary, masks);
    long[] _ = made.start().allowed(); // on this thread, not the engine's
    synchronized (kept) {
      kept.put(source, made);
      while (kept.size() > MAX_KEPT || (kept.size() > 1 && keptNodes() > MAX_KEPT_NODES)) {
        kept.remove(kept.keySet().iterator().next());
      }
    }
    return made;
  }

  private long keptNodes() {
    return kept.values().stream().mapToLong(GrammarConstraint::nodes).sum();
  }
}
