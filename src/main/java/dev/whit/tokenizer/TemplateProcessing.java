package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/**
 * The post-processor that puts special tokens around a text. The library looks its tokens up when
 * it encodes, and panics when one is not there.
 */
final class TemplateProcessing {
  private TemplateProcessing() {}

  /**
   * What is wrong with one, empty if nothing is.
   *
   * @param size number of ids of the vocabulary
   */
  static String complaint(JsonNode component, int size) {
    JsonNode tokens = component.path("special_tokens");
    for (JsonNode token : tokens) {
      JsonNode ids = token.path("ids");
      JsonNode texts = token.path("tokens");
      if (token.size() != 3
          || !token.path("id").isTextual()
          || !ids.isArray()
          || !texts.isArray()
          || ids.size() != texts.size()) {
        return "a special token needs id, ids and as many tokens";
      }
      for (JsonNode id : ids) {
        if (!id.isInt() || id.intValue() < 0 || id.intValue() >= size) {
          return "id %s is not one of the vocabulary's %d".formatted(id, size);
        }
      }
    }
    return arePieces(component.path("single"), Set.of("A"), tokens)
            && arePieces(component.path("pair"), Set.of("A", "B"), tokens)
        ? ""
        : "its pieces must be the sequences A and B (single: A) and special tokens that it has";
  }

  private static boolean arePieces(JsonNode pieces, Set<String> sequences, JsonNode tokens) {
    for (JsonNode piece : pieces) {
      JsonNode sequence = piece.path("Sequence").path("id");
      JsonNode token = piece.path("SpecialToken").path("id");
      if (piece.size() != 1
          || !(sequences.contains(sequence.asText())
              || (token.isTextual() && tokens.has(token.textValue())))) {
        return false;
      }
    }
    return pieces.isArray();
  }
}
