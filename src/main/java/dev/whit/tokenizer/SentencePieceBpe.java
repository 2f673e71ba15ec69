package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A SentencePiece BPE tokenizer. SentencePiece knows no list of merges: it joins the neighbours
 * whose joint piece has the highest score. Listing every way to split a piece in two, best score
 * first, gives the merges that do the same; the longer left part goes first among the ways to split
 * one piece, and among user-defined runs of one character, which all score 0, so that a run grows
 * from the left.
 *
 * @param file what errors name
 * @param pieces the vocabulary; the index is the id
 * @param normalization what is done to a text first
 * @param added tokens beside the control and user-defined pieces, or what more is known of those
 * @param normalized pieces looked for in the normalised text, not in the text as written
 * @param unknown id of the piece for what cannot be encoded, or −1
 * @param first token put before every text, or null
 * @param last token put after every text, or null
 */
record SentencePieceBpe(
    Path file,
    List<SentencePiece> pieces,
    Normalization normalization,
    List<AddedToken> added,
    Set<String> normalized,
    int unknown,
    @Nullable String first,
    @Nullable String last) {

  /** What stands for a space in pieces. */
  static final String SPACE = "\u2581";

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private record Merge(String left, String right, float score) {}

  /**
   * What is done to a text before it is cut into pieces.
   *
   * @param addDummyPrefix a space goes before it
   * @param afterTokens one goes before every part that follows an added token too, as in Hugging
   *     Face's "legacy" Llama tokenizers; otherwise only before the whole text
   * @param removeExtraWhitespaces spaces at its ends go, runs of them become one
   * @param escapeWhitespaces a space becomes {@link #SPACE}
   */
  record Normalization(
      boolean addDummyPrefix,
      boolean afterTokens,
      boolean removeExtraWhitespaces,
      boolean escapeWhitespaces) {

    private String space() {
      return escapeWhitespaces ? SPACE : " ";
    }

    private JsonNode normalizer() {
      ArrayNode steps = NODES.arrayNode();
      if (removeExtraWhitespaces) {
        steps.add(step("Strip").put("strip_left", true).put("strip_right", true));
        steps.add(replace("Regex", " {2,}", " "));
      }
      if (addDummyPrefix && afterTokens) {
        steps.add(step("Prepend").put("prepend", space()));
      }
      if (escapeWhitespaces) {
        steps.add(replace("String", " ", SPACE));
      }
      return step("Sequence").set("normalizers", steps);
    }

    private JsonNode preTokenizer() {
      return addDummyPrefix && !afterTokens
          ? step("Metaspace")
              .put("replacement", space())
              .put("prepend_scheme", "first")
              .put("split", false)
          : NODES.nullNode();
    }

    private JsonNode decoder() {
      ArrayNode steps = NODES.arrayNode();
      if (escapeWhitespaces) {
        steps.add(replace("String", SPACE, " "));
      }
      steps.add(step("ByteFallback"));
      steps.add(step("Fuse"));
      if (addDummyPrefix) {
        steps.add(step("Strip").put("content", " ").put("start", 1).put("stop", 0));
      }
      return step("Sequence").set("decoders", steps);
    }

    private static ObjectNode step(String type) {
      return NODES.objectNode().put("type", type);
    }

    private static ObjectNode replace(String kind, String pattern, String content) {
      ObjectNode step = step("Replace").put("content", content);
      step.putObject("pattern").put(kind, pattern);
      return step;
    }
  }

  /**
   * The equal {@code tokenizer.json}.
   *
   * @throws TokenizerException if the parts contradict one another
   */
  byte[] toJson() {
    TokenizerJson json = new TokenizerJson(file);
    for (int id = 0; id < pieces.size(); id++) {
      json.token(id, pieces.get(id).text());
    }
    for (Merge merge : merges(json)) {
      json.merge(merge.left(), merge.right());
    }
    added.stream()
        .map(token -> token.withNormalized(normalized.contains(token.content())))
        .forEach(json::add);
    for (int id = 0; id < pieces.size(); id++) {
      SentencePiece piece = pieces.get(id);
      if (isAdded(id, piece)) {
        boolean special = piece.type() != TokenType.USER_DEFINED;
        json.add(
            AddedToken.plain(id, piece.text(), special)
                .withNormalized(normalized.contains(piece.text())));
      }
    }
    json.model().put("byte_fallback", true).put("fuse_unk", true);
    if (unknown >= 0 && unknown < pieces.size()) {
      json.model().put("unk_token", pieces.get(unknown).text());
    }
    json.normalizer(normalization.normalizer());
    json.preTokenizer(normalization.preTokenizer());
    json.decoder(normalization.decoder());
    json.surround(first, last);
    return json.toBytes();
  }

  private boolean isAdded(int id, SentencePiece piece) {
    return switch (piece.type()) {
      case CONTROL, USER_DEFINED -> true;
      case UNKNOWN -> id == unknown;
      case NORMAL, UNUSED, BYTE -> false;
    };
  }

  private List<Merge> merges(TokenizerJson json) {
    List<Merge> merges = new ArrayList<>();
    for (SentencePiece piece : pieces) {
      if (piece.type() != TokenType.NORMAL && piece.type() != TokenType.USER_DEFINED) {
        continue;
      }
      String text = piece.text();
      for (int i = text.offsetByCodePoints(0, 1);
          i < text.length();
          i = text.offsetByCodePoints(i, 1)) {
        String left = text.substring(0, i);
        String right = text.substring(i);
        if (json.id(left) != null && json.id(right) != null) {
          merges.add(new Merge(left, right, piece.score()));
        }
      }
    }
    merges.sort(
        Comparator.comparingDouble(Merge::score)
            .thenComparingInt(merge -> merge.left().length())
            .thenComparingInt(merge -> merge.right().length())
            .reversed());
    return merges;
  }
}
