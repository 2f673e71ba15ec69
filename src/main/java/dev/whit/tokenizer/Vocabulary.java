package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids, as a {@code tokenizer.json} states them, added tokens included. */
final class Vocabulary {
  /** No real vocabulary comes near it; an id past it is a broken or hostile file. */
  private static final int MAX_ID = 1 << 24;

  private final Path file;
  private final Map<String, Integer> ids = new HashMap<>();
  private final BitSet special = new BitSet();
  private final BitSet byteFallback = new BitSet();
  private @Nullable String[] tokens = new String[0];

  private Vocabulary(Path file) {
    this.file = file;
  }

  /**
   * Reads {@code model.vocab} (an object token → id for BPE and WordPiece, a list of [token, score]
   * for Unigram) and {@code added_tokens}.
   */
  static Vocabulary parse(Path file, JsonNode root) {
    Vocabulary vocabulary = new Vocabulary(file);
    JsonNode vocab = root.path("model").path("vocab");
    int size = vocab.size();
    for (JsonNode added : root.path("added_tokens")) {
      size = Math.max(size, vocabulary.checked(added.path("id")) + 1);
    }
    if (vocab.isObject()) {
      for (Map.Entry<String, JsonNode> entry : vocab.properties()) {
        size = Math.max(size, vocabulary.checked(entry.getValue()) + 1);
      }
    } else if (!vocab.isArray()) {
      throw new TokenizerException(file, "model.vocab is missing");
    }
    vocabulary.tokens = new String[size];
    if (vocab.isObject()) {
      vocab
          .properties()
          .forEach(entry -> vocabulary.put(entry.getValue().intValue(), entry.getKey()));
    } else {
      for (int id = 0; id < vocab.size(); id++) {
        vocabulary.put(id, vocab.get(id).path(0).asText());
      }
    }
    vocabulary.findByteFallback();
    for (JsonNode added : root.path("added_tokens")) {
      int id = added.path("id").intValue();
      vocabulary.put(id, added.path("content").asText());
      vocabulary.special.set(id, added.path("special").asBoolean());
    }
    return vocabulary;
  }

  private int checked(JsonNode id) {
    if (!id.isInt() || id.intValue() < 0 || id.intValue() > MAX_ID) {
      throw new TokenizerException(
          file, "token id " + id + " is not an integer from 0 to " + MAX_ID);
    }
    return id.intValue();
  }

  private void put(int id, String token) {
    tokens[id] = token;
    ids.put(token, id);
  }

  private void findByteFallback() {
    for (int b = 0; b < 256; b++) {
      Integer id = ids.get(String.format("<0x%02X>", b));
      if (id != null) {
        byteFallback.set(id);
      }
    }
  }

  /** One more than the highest id. */
  int size() {
    return tokens.length;
  }

  @Nullable String token(int id) {
    return id >= 0 && id < tokens.length ? tokens[id] : null;
  }

  @Nullable Integer id(String token) {
    return ids.get(token);
  }

  boolean isSpecial(int id) {
    return id >= 0 && special.get(id);
  }

  /** Whether the id stands for one raw byte ({@code <0x0A>}), as in SentencePiece vocabularies. */
  boolean isByte(int id) {
    return id >= 0 && byteFallback.get(id);
  }
}
