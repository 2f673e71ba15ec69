package dev.whit.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.backend.TokenConstraint;
import dev.whit.constraint.FunctionSpec;
import dev.whit.constraint.JsonConstraints;
import dev.whit.constraint.SchemaException;
import dev.whit.constraint.TokenVocabulary;
import dev.whit.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a model's answers can be held to. A vocabulary is laid out for masks when the first
 * constrained request asks for it, and kept. Safe for use by many threads.
 */
final class AnswerConstraints {
  private final Tokenizer tokenizer;
  private final TokenTexts texts;
  private final Set<Integer> stopTokens;
  private final int vocabularySize;
  private final ToolSyntax syntax;
  private @Nullable JsonConstraints json;
  private @Nullable JsonConstraints calls;

  /**
   * Constraints of a model.
   *
   * @param stopTokens the model's own ends, which never are text
   * @param vocabularySize number of the model's logits
   * @param syntax how it calls tools
   */
  AnswerConstraints(
      Tokenizer tokenizer,
      TokenTexts texts,
      Set<Integer> stopTokens,
      int vocabularySize,
      ToolSyntax syntax) {
    this.tokenizer = tokenizer;
    this.texts = texts;
    this.stopTokens = stopTokens;
    this.vocabularySize = vocabularySize;
    this.syntax = syntax;
  }

  /**
   * The constraint of a form, null if it is any text.
   *
   * @throws ApiException.InvalidRequest if the form cannot be enforced
   */
  @Nullable TokenConstraint of(ResponseFormat format) {
    return switch (format) {
      case ResponseFormat.Text() -> null;
      case ResponseFormat.JsonObject() -> json().object();
      case ResponseFormat.JsonSchema(JsonNode schema, String field) ->
          enforceable(field, () -> json().schema(schema));
    };
  }

  private static @Nullable JsonNode schema(ResponseFormat format) {
    return switch (format) {
      case ResponseFormat.Text() -> null;
      case ResponseFormat.JsonObject() -> JsonConstraints.ANY_OBJECT;
      case ResponseFormat.JsonSchema(JsonNode schema, String _) -> schema;
    };
  }

  /**
   * The constraint of a form beside tools, null if it is any text: calls and nothing else where
   * they are demanded, either calls or the form where they are not.
   *
   * @throws ApiException.InvalidRequest if the form or a tool's parameters cannot be enforced
   */
  @Nullable TokenConstraint of(ResponseFormat format, ToolUse use) {
    TokenConstraint content = of(format);
    if (use.mustCall()) {
      return calls(use, null);
    }
    return content != null && use.mayCall() ? calls(use, schema(format)) : content;
  }

  private TokenConstraint calls(ToolUse use, @Nullable JsonNode otherwise) {
    List<Tool> tools = use.callable();
    try {
      return calls().calls(syntax.written(), functions(tools), use.mayRepeat(), otherwise);
    } catch (SchemaException e) {
      // One of them, or all together.
      for (Tool tool : tools) {
        enforceable(
            tool.field(),
            () -> calls().calls(syntax.written(), functions(List.of(tool)), false, null));
      }
      throw new ApiException.InvalidRequest("tools", "tools: " + e.getMessage());
    }
  }

  private static List<FunctionSpec> functions(List<Tool> tools) {
    return tools.stream().map(tool -> new FunctionSpec(tool.name(), tool.parameters())).toList();
  }

  private static TokenConstraint enforceable(String field, Supplier<TokenConstraint> constraint) {
    try {
      return constraint.get();
    } catch (SchemaException e) {
      throw new ApiException.InvalidRequest(field, field + ": " + e.getMessage());
    }
  }

  private synchronized JsonConstraints json() {
    JsonConstraints made = json;
    if (made == null) {
      made = new JsonConstraints(new TokenVocabulary(vocabularySize, this::text));
      json = made;
    }
    return made;
  }

  /** Over a vocabulary in which special tokens that mark calls are text. */
  private synchronized JsonConstraints calls() {
    JsonConstraints made = calls;
    if (made == null) {
      Map<Integer, byte[]> markers = new HashMap<>();
      for (String marker : syntax.markers()) {
        Integer id = tokenizer.id(marker);
        if (id != null && tokenizer.isSpecial(id)) {
          markers.put(id, marker.getBytes(StandardCharsets.UTF_8));
        }
      }
      made =
          markers.isEmpty()
              ? json()
              : new JsonConstraints(
                  new TokenVocabulary(
                      vocabularySize, id -> markers.containsKey(id) ? markers.get(id) : text(id)));
      calls = made;
    }
    return made;
  }

  private byte @Nullable [] text(int id) {
    return isText(id) ? texts.bytes(id) : null;
  }

  private boolean isText(int id) {
    return id < tokenizer.size() && !tokenizer.isSpecial(id) && !stopTokens.contains(id);
  }

  /** Those of some stop tokens that end a constrained answer: they are not text themselves. */
  Set<Integer> ends(Set<Integer> tokens) {
    return tokens.stream().filter(id -> !isText(id)).collect(Collectors.toSet());
  }
}
