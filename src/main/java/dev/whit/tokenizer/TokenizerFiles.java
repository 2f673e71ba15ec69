package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model directory says about text: its tokenizer, its special tokens and the source of its
 * chat template.
 *
 * @param tokenizer the tokenizer
 * @param specialTokens texts of {@code bos_token}, {@code eos_token}, {@code pad_token}, {@code
 *     unk_token}, as far as the directory names them
 * @param chatTemplate source of the chat template, or null
 */
public record TokenizerFiles(
    Tokenizer tokenizer, Map<String, String> specialTokens, @Nullable String chatTemplate) {
  /**
   * Tokenizer settings and templates are a few kilobytes; Llama 3's, with 256 reserved tokens, 50.
   */
  private static final long MAX_BYTES = 16L << 20;

  private static final List<String> SPECIAL_TOKENS =
      List.of("bos_token", "eos_token", "pad_token", "unk_token");
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Reads {@code tokenizer.json}, {@code tokenizer_config.json}, {@code special_tokens_map.json}
   * and {@code chat_template.jinja} of a directory; all but the first may be absent.
   *
   * @throws TokenizerException if a file is missing or cannot be used
   */
  public static TokenizerFiles load(Path directory) {
    Path tokenizer = directory.resolve("tokenizer.json");
    if (!Files.isRegularFile(tokenizer)) {
      throw new TokenizerException(directory, "no tokenizer.json in it");
    }
    JsonNode config = json(directory.resolve("tokenizer_config.json"));
    JsonNode map = json(directory.resolve("special_tokens_map.json"));
    Map<String, String> special = new LinkedHashMap<>();
    for (String name : SPECIAL_TOKENS) {
      String text = tokenText(config.path(name));
      if (text == null) {
        text = tokenText(map.path(name));
      }
      if (text != null) {
        special.put(name, text);
      }
    }
    return new TokenizerFiles(
        HuggingFaceTokenizer.load(tokenizer),
        Map.copyOf(special),
        chatTemplate(directory, config.path("chat_template")));
  }

  /** A token is written as a string or as an object with its content. */
  private static @Nullable String tokenText(JsonNode token) {
    JsonNode text = token.isObject() ? token.path("content") : token;
    return text.isTextual() ? text.textValue() : null;
  }

  /**
   * A file of its own comes before the setting; of several named templates the one called "default"
   * counts.
   */
  private static @Nullable String chatTemplate(Path directory, JsonNode setting) {
    Path file = directory.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      return read(file);
    }
    if (setting.isTextual()) {
      return setting.textValue();
    }
    for (JsonNode named : setting) {
      if (named.path("name").asText().equals("default")) {
        return named.path("template").asText();
      }
    }
    return null;
  }

  private static JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(read(file));
    } catch (IOException e) {
      throw new TokenizerException(file, "not JSON", e);
    }
  }

  private static String read(Path file) {
    try {
      long bytes = Files.size(file);
      if (bytes > MAX_BYTES) {
        throw new TokenizerException(file, bytes + " bytes is more than the limit of " + MAX_BYTES);
      }
      return Files.readString(file);
    } catch (IOException e) {
      throw new TokenizerException(file, "cannot be read as UTF-8 text", e);
    }
  }
}
