package dev.whit.api;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.backend.TokenConstraint;
import dev.whit.constraint.JsonConstraints;
import dev.whit.constraint.SchemaException;
import dev.whit.constraint.TokenVocabulary;
import dev.whit.tokenizer.Tokenizer;
import java.util.Set;
import java.util.function.Function;
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
  private @Nullable JsonConstraints json;

  /**
   * Constraints of a model.
   *
   * @param stopTokens the model's own ends, which never are text
   * @param vocabularySize number of the model's logits
   */
  AnswerConstraints(
      Tokenizer tokenizer, TokenTexts texts, Set<Integer> stopTokens, int vocabularySize) {
    this.tokenizer = tokenizer;
    this.texts = texts;
    this.stopTokens = stopTokens;
    this.vocabularySize = vocabularySize;
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
          enforceable(field, constraints -> constraints.schema(schema));
    };
  }

  private TokenConstraint enforceable(
      String field, Function<JsonConstraints, TokenConstraint> constraint) {
    try {
      return constraint.apply(json());
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
