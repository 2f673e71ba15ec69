package dev.whit.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids, as a {@code tokenizer.json} states them, added tokens included. */
final class Vocabulary {
  /** No real vocabulary comes near it; an id past it is a broken or hostile file. */
  private static final int MAX_ID = 1 << 24;

  /** Longest added token, in UTF-16 units: the library takes quadratic time to prepare for one. */
  private static final int MAX_ADDED = 1024;

  private static final JsonFactory JSON = new ObjectMapper().getFactory();

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
   * for Unigram) and {@code added_tokens}. All else is passed over unread: the merges are two
   * thirds of the file, and the library reads them anyway.
   *
   * @throws TokenizerException if it is no JSON or has no vocabulary
   */
  static Vocabulary parse(Path file, byte[] json) {
    Vocabulary vocabulary = new Vocabulary(file);
    try (JsonParser in = JSON.createParser(json)) {
      vocabulary.read(in);
    } catch (IOException e) {
      throw new TokenizerException(file, "not a readable tokenizer.json", e);
    }
    return vocabulary;
  }

  private void read(JsonParser in) throws IOException {
    JsonNode added = MissingNode.getInstance();
    boolean found = false;
    if (in.nextToken() == JsonToken.START_OBJECT) {
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        JsonToken value = in.nextToken();
        if (name.equals("added_tokens")) {
          added = in.readValueAsTree();
        } else if (name.equals("model") && value == JsonToken.START_OBJECT) {
          found = readModel(in);
        } else {
          in.skipChildren();
        }
      }
    }
    if (!found) {
      throw new TokenizerException(file, "model.vocab is missing");
    }
    int size = ids.values().stream().mapToInt(id -> id + 1).max().orElse(0);
    for (JsonNode token : added) {
      size = Math.max(size, checked(token.path("id").asLong(-1)) + 1);
    }
    tokens = new String[size];
    ids.forEach((token, id) -> tokens[id] = token);
    findByteFallback();
    for (JsonNode token : added) {
      int id = token.path("id").intValue();
      String content = token.path("content").asText();
      checkAdded(content, id);
      tokens[id] = content;
      ids.put(content, id);
      special.set(id, token.path("special").asBoolean());
    }
  }

  /**
   * The library goes by an added token's content and gives it an id of its own when the vocabulary
   * does not have it, whatever the file says.
   */
  private void checkAdded(String content, int id) {
    if (content.length() > MAX_ADDED) {
      throw new TokenizerException(
          file,
          "added token %d has %d characters, more than %d"
              .formatted(id, content.length(), MAX_ADDED));
    }
    Integer known = ids.get(content);
    String other = tokens[id];
    if (known != null && known != id) {
      throw new TokenizerException(
          file, "token '%s' has both id %d and id %d".formatted(content, known, id));
    }
    if (known == null && other != null) {
      throw new TokenizerException(
          file, "id %d is given to both '%s' and '%s'".formatted(id, other, content));
    }
  }

  /** Returns whether there is a vocabulary in it. */
  private boolean readModel(JsonParser in) throws IOException {
    boolean found = false;
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      JsonToken value = in.nextToken();
      if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
        found = true;
        readObject(in);
      } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
        found = true;
        readList(in);
      } else {
        in.skipChildren();
      }
    }
    return found;
  }

  private void readObject(JsonParser in) throws IOException {
    for (String token = in.nextFieldName(); token != null; token = in.nextFieldName()) {
      in.nextToken();
      if (!in.currentToken().isNumeric()) {
        throw new TokenizerException(file, "the id of token '" + token + "' is not an integer");
      }
      ids.put(token, checked(in.getLongValue()));
    }
  }

  private void readList(JsonParser in) throws IOException {
    for (int id = 0; in.nextToken() == JsonToken.START_ARRAY; id++) {
      ids.put(String.valueOf(in.nextTextValue()), checked(id));
      // A file that is cut off ends in an exception, not in a null that never is the end.
      while (in.nextToken() != JsonToken.END_ARRAY) {
        in.skipChildren();
      }
    }
  }

  private int checked(long id) {
    if (id < 0 || id > MAX_ID) {
      throw new TokenizerException(
          file, "token id " + id + " is not an integer from 0 to " + MAX_ID);
    }
    return (int) id;
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
