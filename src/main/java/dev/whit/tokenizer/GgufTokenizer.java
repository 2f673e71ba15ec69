package dev.whit.tokenizer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tokenizer in the metadata of a GGUF ({@code tokenizer.*}; ggml-org/ggml, docs/gguf.md). It is
 * run as the family's own Hugging Face tokenizer would be; where llama.cpp's differs, Hugging Face
 * is right: Qwen composes texts (NFC), and a run of spaces in a SentencePiece vocabulary is a
 * matter of scores, not cut out first.
 */
public final class GgufTokenizer {
  private static final String PREFIX = "tokenizer.ggml.";

  /** Chat templates' name for each token that has a key for its id. */
  private static final Map<String, String> SPECIAL_IDS =
      Map.of(
          "bos_token_id", "bos_token",
          "eos_token_id", "eos_token",
          "padding_token_id", "pad_token",
          "unknown_token_id", "unk_token");

  /**
   * The metadata of a GGUF. Keys that are not there are empty; a value of another type than the one
   * asked for is the file's error to report.
   */
  public interface Metadata {
    /** A string. */
    Optional<String> text(String key);

    /** True or false. */
    Optional<Boolean> flag(String key);

    /** A whole number. */
    OptionalLong integer(String key);

    /** An array of strings. */
    List<String> texts(String key);

    /** An array of whole numbers. */
    int[] integers(String key);

    /** An array of numbers. */
    float[] floats(String key);
  }

  private final Path file;
  private final Metadata metadata;
  private final List<String> tokens;
  private final Map<String, String> special = new LinkedHashMap<>();

  private GgufTokenizer(Path file, Metadata metadata) {
    this.file = file;
    this.metadata = metadata;
    this.tokens = metadata.texts(PREFIX + "tokens");
  }

  /**
   * Makes the tokenizer.
   *
   * @param file the GGUF, for errors
   * @param metadata what it says
   * @throws TokenizerException if it is missing, of a kind that is not supported, or contradicts
   *     itself
   */
  public static TokenizerFiles load(Path file, Metadata metadata) {
    return new GgufTokenizer(file, metadata).load();
  }

  private TokenizerFiles load() {
    if (tokens.isEmpty() || tokens.size() > TokenizerJson.MAX_TOKENS) {
      throw failure(
          "tokens", "has %d tokens, not 1 to %d", tokens.size(), TokenizerJson.MAX_TOKENS);
    }
    SPECIAL_IDS.forEach((key, name) -> {
      Integer id = id(key);
      if (id != null) {
        special.put(name, tokens.get(id));
      }
    });
    String model = text("model", "");
    byte[] json =
        switch (model) {
          case "gpt2" -> byteLevel().toJson();
          case "llama" -> sentencePiece().toJson();
          default -> throw failure("model", "is '%s'; supported are gpt2 and llama", model);
        };
    return new TokenizerFiles(
        file,
        HuggingFaceTokenizer.parse(file, json),
        special,
        metadata.text("tokenizer.chat_template").orElse(null));
  }

  private ByteLevelBpe byteLevel() {
    String name = text("pre", "default");
    PreTokenizer words =
        PreTokenizer.named(name)
            .orElseThrow(
                () -> failure("pre", "is '%s'; supported are %s", name, PreTokenizer.allNames()));
    Map<String, Integer> vocabulary = LinkedHashMap.newLinkedHashMap(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      Integer first = vocabulary.putIfAbsent(tokens.get(id), id);
      if (first != null) {
        throw failure("tokens", "has '%s' as both %d and %d", tokens.get(id), first, id);
      }
    }
    return new ByteLevelBpe(
        file,
        vocabulary,
        metadata.texts(PREFIX + "merges"),
        words,
        flag("add_space_prefix", false),
        addedTokens(),
        flag("add_bos_token", words.addsBosByDefault()) ? special.get("bos_token") : null,
        flag("add_eos_token", false) ? special.get("eos_token") : null);
  }

  /** Control tokens, user-defined ones, and those that the metadata names for what they do. */
  private List<AddedToken> addedTokens() {
    List<TokenType> types = types();
    Set<String> named = Set.copyOf(special.values());
    List<AddedToken> added = new ArrayList<>();
    for (int id = 0; id < tokens.size(); id++) {
      boolean isSpecial = types.get(id) == TokenType.CONTROL || named.contains(tokens.get(id));
      if (isSpecial || types.get(id) == TokenType.USER_DEFINED) {
        added.add(AddedToken.plain(id, tokens.get(id), isSpecial));
      }
    }
    return added;
  }

  private SentencePieceBpe sentencePiece() {
    List<TokenType> types = types();
    float[] scores = metadata.floats(PREFIX + "scores");
    requireOneForEachToken("scores", scores.length);
    List<SentencePiece> pieces = new ArrayList<>(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      if (Float.isNaN(scores[id])) {
        throw failure("scores", "[%d] is NaN", id);
      }
      // The converters write user-defined tokens with the spaces that their pieces stand for.
      String text = tokens.get(id).replace(" ", SentencePieceBpe.SPACE);
      pieces.add(new SentencePiece(text, scores[id], types.get(id)));
    }
    Integer named = id("unknown_token_id");
    int unknown = named != null ? named : types.indexOf(TokenType.UNKNOWN);
    return new SentencePieceBpe(
        file,
        pieces,
        new SentencePieceBpe.Normalization(
            flag("add_space_prefix", true), true, flag("remove_extra_whitespaces", false), true),
        special.values().stream()
            .distinct()
            .map(text -> AddedToken.plain(null, text, true))
            .toList(),
        Set.of(),
        unknown,
        flag("add_bos_token", true) ? special.get("bos_token") : null,
        flag("add_eos_token", false) ? special.get("eos_token") : null);
  }

  private List<TokenType> types() {
    int[] numbers = metadata.integers(PREFIX + "token_type");
    if (numbers.length == 0) {
      return Collections.nCopies(tokens.size(), TokenType.NORMAL);
    }
    requireOneForEachToken("token_type", numbers.length);
    List<TokenType> types = new ArrayList<>(numbers.length);
    for (int number : numbers) {
      if (!TokenType.isNumber(number)) {
        throw failure("token_type", "[%d] is %d, not 1 to 6", types.size(), number);
      }
      types.add(TokenType.of(number));
    }
    return types;
  }

  private void requireOneForEachToken(String key, int count) {
    if (count != tokens.size()) {
      throw failure(key, "has %d values for %d tokens", count, tokens.size());
    }
  }

  /** The id of a key, or null when there is none or it is out of use. */
  private @Nullable Integer id(String key) {
    OptionalLong value = metadata.integer(PREFIX + key);
    if (value.isEmpty()) {
      return null;
    }
    long id = value.getAsLong();
    if (id == 0xFFFF_FFFFL || id == -1) {
      return null; // llama.cpp's "none"
    }
    if (id < 0 || id >= tokens.size()) {
      throw failure(key, "is %d, but there are %d tokens", id, tokens.size());
    }
    return (int) id;
  }

  private String text(String key, String otherwise) {
    return metadata.text(PREFIX + key).orElse(otherwise);
  }

  private boolean flag(String key, boolean otherwise) {
    return metadata.flag(PREFIX + key).orElse(otherwise);
  }

  private TokenizerException failure(String key, String reason, Object... values) {
    return new TokenizerException(file, PREFIX + key + " " + reason.formatted(values));
  }
}
