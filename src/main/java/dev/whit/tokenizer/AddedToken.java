package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * A token that is cut out of a text before the rest of it is tokenized, with the flags of Hugging
 * Face's {@code AddedToken}.
 *
 * @param id its id, or null when it has the vocabulary's, or the next free one
 * @param content how it is spelled
 * @param special whether decoding may leave it out
 * @param normalized whether it is looked for in the text as normalised, with the normaliser's
 *     prefix, rather than as written
 * @param lstrip whether it takes the white space before it
 * @param rstrip whether it takes the white space after it
 * @param singleWord whether it must not touch a word
 */
record AddedToken(
    @Nullable Integer id,
    String content,
    boolean special,
    boolean normalized,
    boolean lstrip,
    boolean rstrip,
    boolean singleWord) {

  /** A token that is found as it is written. */
  static AddedToken plain(@Nullable Integer id, String content, boolean special) {
    return new AddedToken(id, content, special, false, false, false, false);
  }

  /**
   * Reads a token as settings write it: its text, or an object with {@code content} and flags.
   *
   * @return null when it is neither
   */
  static @Nullable AddedToken parse(@Nullable Integer id, JsonNode node, boolean special) {
    JsonNode content = node.isObject() ? node.path("content") : node;
    if (!content.isTextual() || content.textValue().isEmpty()) {
      return null;
    }
    return new AddedToken(
        id,
        content.textValue(),
        special || node.path("special").asBoolean(),
        node.path("normalized").asBoolean(),
        node.path("lstrip").asBoolean(),
        node.path("rstrip").asBoolean(),
        node.path("single_word").asBoolean());
  }

  AddedToken withId(int assigned) {
    return new AddedToken(assigned, content, special, normalized, lstrip, rstrip, singleWord);
  }

  AddedToken withNormalized(boolean inNormalizedText) {
    return new AddedToken(id, content, special, inNormalizedText, lstrip, rstrip, singleWord);
  }

  /** This token, said once more: it is special if either says so, the rest stays. */
  AddedToken and(AddedToken again) {
    return new AddedToken(
        id, content, special || again.special, normalized, lstrip, rstrip, singleWord);
  }

  /** As an entry of {@code added_tokens} in a {@code tokenizer.json}. */
  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("id", id)
        .put("content", content)
        .put("single_word", singleWord)
        .put("lstrip", lstrip)
        .put("rstrip", rstrip)
        .put("normalized", normalized)
        .put("special", special);
  }
}
