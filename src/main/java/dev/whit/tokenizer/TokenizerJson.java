package dev.whit.tokenizer;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Puts together the {@code tokenizer.json} that a tokenizer in another form is equal to, so that
 * one library runs them all. Every added token is in the vocabulary too: that is what makes the
 * library keep its id.
 */
final class TokenizerJson {
  /** Four times the largest real vocabularies. */
  static final int MAX_TOKENS = 1 << 20;

  /** Longer than any real token; the work to find the merges of a token grows with its square. */
  private static final int MAX_TOKEN_CHARS = 256;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private record Merge(String left, String right) {}

  private final Path file;
  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final Map<Integer, String> tokens = new HashMap<>();
  private final Map<String, AddedToken> added = new LinkedHashMap<>();
  private final List<Merge> merges = new ArrayList<>();
  private final ObjectNode model = NODES.objectNode();
  private JsonNode normalizer = NODES.nullNode();
  private JsonNode preTokenizer = NODES.nullNode();
  private JsonNode decoder = NODES.nullNode();
  private JsonNode postProcessor = NODES.nullNode();

  /**
   * Without tokens.
   *
   * @param file what errors name
   */
  TokenizerJson(Path file) {
    this.file = file;
  }

  /**
   * Adds a token to the vocabulary.
   *
   * @throws TokenizerException if the id is out of range, or the id or the token is taken
   */
  void token(long id, String token) {
    if (id < 0 || id >= MAX_TOKENS) {
      throw new TokenizerException(
          file, "token id " + id + " is not from 0 to " + (MAX_TOKENS - 1));
    }
    if (token.isEmpty() || token.length() > MAX_TOKEN_CHARS) {
      throw new TokenizerException(
          file,
          "token %d has %d characters, not 1 to %d".formatted(id, token.length(), MAX_TOKEN_CHARS));
    }
    String other = tokens.putIfAbsent((int) id, token);
    if (other != null) {
      throw new TokenizerException(
          file, "id %d is given to both '%s' and '%s'".formatted(id, other, token));
    }
    Integer first = ids.putIfAbsent(token, (int) id);
    if (first != null) {
      throw new TokenizerException(
          file, "token '%s' has both id %d and id %d".formatted(token, first, id));
    }
  }

  /** The id of a token, or null. */
  @Nullable Integer id(String token) {
    return ids.get(token);
  }

  /**
   * Has a token cut out of texts first, one without an id being in the vocabulary already. Adding
   * it once more only makes it special if it was not.
   *
   * @throws TokenizerException if it is in the vocabulary under another id, or its id is taken
   */
  void add(AddedToken token) {
    Integer known = ids.get(token.content());
    Integer id = token.id() == null ? known : token.id();
    if (id == null || (known != null && !known.equals(id))) {
      throw new TokenizerException(
          file, "token '%s' has both id %s and id %s".formatted(token.content(), known, id));
    }
    if (known == null) {
      token(id, token.content());
    }
    added.merge(token.content(), token.withId(id), AddedToken::and);
  }

  /**
   * Adds the next merge, later ones giving way to earlier ones.
   *
   * @throws TokenizerException if one of the three tokens is not in the vocabulary
   */
  void merge(String left, String right) {
    for (String token : new String[] {left, right, left + right}) {
      if (!ids.containsKey(token)) {
        throw new TokenizerException(
            file,
            "merge %d ('%s' and '%s'): '%s' is not in the vocabulary"
                .formatted(merges.size(), left, right, token));
      }
    }
    merges.add(new Merge(left, right));
  }

  /** Fields of the model beside vocabulary and merges. */
  ObjectNode model() {
    return model;
  }

  void normalizer(JsonNode node) {
    normalizer = node;
  }

  void preTokenizer(JsonNode node) {
    preTokenizer = node;
  }

  void decoder(JsonNode node) {
    decoder = node;
  }

  /** Has texts begin with one token and end with another, where they are not null. */
  void surround(@Nullable String first, @Nullable String last) {
    if (first == null && last == null) {
      return;
    }
    ObjectNode special = NODES.objectNode();
    ArrayNode single = NODES.arrayNode();
    surrounding(first, single, special);
    single.add(NODES.objectNode().set("Sequence", typed("A")));
    surrounding(last, single, special);
    // Pairs of texts are never encoded, but the library wants to know how.
    ArrayNode pair = single.deepCopy();
    pair.add(NODES.objectNode().set("Sequence", typed("B")));
    postProcessor = NODES.objectNode().put("type", "TemplateProcessing");
    ((ObjectNode) postProcessor)
        .<ObjectNode>set("single", single)
        .<ObjectNode>set("pair", pair)
        .set("special_tokens", special);
  }

  private void surrounding(@Nullable String token, ArrayNode template, ObjectNode special) {
    if (token == null) {
      return;
    }
    Integer id = ids.get(token);
    if (id == null) {
      throw new TokenizerException(file, "'" + token + "' is not in the vocabulary");
    }
    template.add(NODES.objectNode().set("SpecialToken", typed(token)));
    ObjectNode entry = special.putObject(token).put("id", token);
    entry.putArray("ids").add(id);
    entry.putArray("tokens").add(token);
  }

  private static ObjectNode typed(String id) {
    return NODES.objectNode().put("id", id).put("type_id", 0);
  }

  /** The file's bytes. Written token by token: as a tree, a large vocabulary takes 100 MB. */
  byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeStringField("version", "1.0");
      json.writeArrayFieldStart("added_tokens");
      for (AddedToken token : added.values()) {
        json.writeTree(token.toJson());
      }
      json.writeEndArray();
      field(json, "normalizer", normalizer);
      field(json, "pre_tokenizer", preTokenizer);
      field(json, "post_processor", postProcessor);
      field(json, "decoder", decoder);
      json.writeObjectFieldStart("model");
      json.writeStringField("type", "BPE");
      for (Map.Entry<String, JsonNode> option : model.properties()) {
        field(json, option.getKey(), option.getValue());
      }
      json.writeObjectFieldStart("vocab");
      for (Map.Entry<String, Integer> token : ids.entrySet()) {
        json.writeNumberField(token.getKey(), token.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("merges");
      for (Merge merge : merges) {
        json.writeStartArray();
        json.writeString(merge.left());
        json.writeString(merge.right());
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new TokenizerException(file, "has a token that is not text: " + e.getMessage(), e);
    }
    return out.toByteArray();
  }

  private static void field(JsonGenerator json, String name, JsonNode value) throws IOException {
    json.writeFieldName(name);
    json.writeTree(value);
  }
}
