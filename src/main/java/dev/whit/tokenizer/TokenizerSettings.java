package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What {@code tokenizer_config.json}, {@code special_tokens_map.json} and {@code added_tokens.json}
 * of a model directory say; each may be absent.
 */
final class TokenizerSettings {
  /** Settings are a few kilobytes; Llama 3's, with 256 reserved tokens, 50. */
  static final long MAX_BYTES = 16L << 20;

  private static final String CONFIG = "tokenizer_config.json";
  private static final String ADDED = "added_tokens.json";

  /** Special tokens that chat templates may use, in the settings' spelling. */
  private static final List<String> TEMPLATE_TOKENS =
      List.of("bos_token", "eos_token", "pad_token", "unk_token");

  private static final List<String> OTHER_TOKENS = List.of("sep_token", "cls_token", "mask_token");
  private static final List<String> TOKEN_LISTS =
      List.of("additional_special_tokens", "extra_special_tokens");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final JsonNode config;
  private final JsonNode map;
  private final JsonNode added;

  private TokenizerSettings(Path directory, JsonNode config, JsonNode map, JsonNode added) {
    this.directory = directory;
    this.config = config;
    this.map = map;
    this.added = added;
  }

  /**
   * Reads a directory's.
   *
   * @throws TokenizerException if a file is no JSON
   */
  static TokenizerSettings read(Path directory) {
    return new TokenizerSettings(
        directory,
        json(directory.resolve(CONFIG)),
        json(directory.resolve("special_tokens_map.json")),
        json(directory.resolve(ADDED)));
  }

  /** A small JSON file, or a missing node where there is none. */
  static JsonNode json(Path file) {
    Optional<byte[]> bytes = TextFile.readIfThere(file, MAX_BYTES);
    if (bytes.isEmpty()) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(bytes.get());
    } catch (IOException e) {
      throw new TokenizerException(file, "not JSON", e);
    }
  }

  /** Whether there is none of the files. */
  boolean isAbsent() {
    return config.isMissingNode() && map.isMissingNode() && added.isMissingNode();
  }

  /** A setting that is true or false, else the default. */
  boolean flag(String name, boolean otherwise) {
    JsonNode value = config.path(name);
    return value.isBoolean() ? value.booleanValue() : otherwise;
  }

  /** {@code tokenizer_class}, or an empty text. */
  String tokenizerClass() {
    return config.path("tokenizer_class").asText();
  }

  /** {@code chat_template} of the settings: a text, or a list of named ones. */
  JsonNode chatTemplate() {
    return config.path("chat_template");
  }

  /** Texts of the tokens that chat templates may use, as far as the files name them. */
  Map<String, String> specialTokens() {
    Map<String, String> special = new LinkedHashMap<>();
    for (String name : TEMPLATE_TOKENS) {
      AddedToken token = named(name);
      if (token != null) {
        special.put(name, token.content());
      }
    }
    return special;
  }

  /** The settings come before the map. */
  private @Nullable AddedToken named(String name) {
    AddedToken token = AddedToken.parse(null, config.path(name), true);
    return token != null ? token : AddedToken.parse(null, map.path(name), true);
  }

  /**
   * The tokens to cut out of texts, each once. Those without an id of their own are left out where
   * the vocabulary does not know them: the model cannot either.
   *
   * @param specialTexts more special tokens
   * @param inVocabulary whether the vocabulary has a token
   * @throws TokenizerException if an id is no number
   */
  List<AddedToken> addedTokens(Collection<String> specialTexts, Predicate<String> inVocabulary) {
    List<AddedToken> tokens = new ArrayList<>();
    config
        .path("added_tokens_decoder")
        .properties()
        .forEach(token ->
            keep(tokens, AddedToken.parse(id(CONFIG, token.getKey()), token.getValue(), false)));
    added
        .properties()
        .forEach(token ->
            tokens.add(
                AddedToken.plain(id(ADDED, token.getValue().asText()), token.getKey(), false)));
    Stream.concat(TEMPLATE_TOKENS.stream(), OTHER_TOKENS.stream())
        .forEach(name -> keep(tokens, named(name)));
    for (JsonNode file : List.of(config, map)) {
      for (String list : TOKEN_LISTS) {
        // Elements of a list, or the values of an object from names to tokens.
        file.path(list).forEach(token -> keep(tokens, AddedToken.parse(null, token, true)));
      }
    }
    specialTexts.forEach(text -> tokens.add(AddedToken.plain(null, text, true)));
    Map<String, AddedToken> unique = new LinkedHashMap<>();
    for (AddedToken token : tokens) {
      if (token.id() != null
          || unique.containsKey(token.content())
          || inVocabulary.test(token.content())) {
        unique.merge(token.content(), token, AddedToken::and);
      }
    }
    return List.copyOf(unique.values());
  }

  private static void keep(List<AddedToken> tokens, @Nullable AddedToken token) {
    if (token != null) {
      tokens.add(token);
    }
  }

  private int id(String file, String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new TokenizerException(
          directory.resolve(file), "token id '" + text + "' is not an integer", e);
    }
  }
}
