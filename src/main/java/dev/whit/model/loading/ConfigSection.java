package dev.whit.model.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.whit.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A JSON object of a configuration file, read by key into checked values. Every complaint names
 * file, key, value and what is allowed; every default that stands in for an absent key is noted.
 */
final class ConfigSection {
  /** Real ones have a few kilobytes. */
  private static final long MAX_BYTES = 16 << 20;

  // Python writes NaN and Infinity without quotes; they are refused where a number is used.
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(64).build())
                  .build())
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final String prefix;
  private final JsonNode node;
  private final List<String> assumed;

  private ConfigSection(Path file, String prefix, JsonNode node, List<String> assumed) {
    this.file = file;
    this.prefix = prefix;
    this.node = node;
    this.assumed = assumed;
  }

  /** Reads a file that holds one JSON object. */
  static ConfigSection read(Path file) {
    try {
      long size = Files.size(file);
      if (size > MAX_BYTES) {
        throw CheckpointException.file(file, "has " + size + " bytes; the limit is " + MAX_BYTES);
      }
      JsonNode node = MAPPER.readTree(Files.readAllBytes(file));
      if (!node.isObject()) {
        throw CheckpointException.file(file, "is not a JSON object");
      }
      return new ConfigSection(file, "", node, new ArrayList<>());
    } catch (JsonProcessingException e) {
      throw CheckpointException.file(file, "is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw CheckpointException.file(file, "cannot be read: " + e, e);
    }
  }

  /** The file it is from. */
  Path file() {
    return file;
  }

  /** The defaults that stood in for absent keys so far, as "key = value". */
  List<String> assumed() {
    return List.copyOf(assumed);
  }

  /** Whether the key is there, with a value other than null. */
  boolean has(String key) {
    return node.hasNonNull(key);
  }

  /** Whether the key is there, with null or a value. */
  boolean mentions(String key) {
    return node.has(key);
  }

  /** The keys, in order. */
  Iterator<String> keys() {
    return node.fieldNames();
  }

  /** Notes a default that stands in for an absent key. */
  <T> T assume(String key, T value) {
    assumed.add(prefix + key + " = " + value);
    return value;
  }

  /** A whole number from 1 to {@code max}; {@code fallback} when absent. */
  int positive(String key, int max, int fallback) {
    return has(key) ? positive(key, max) : assume(key, fallback);
  }

  /** A whole number from 1 to {@code max} that must be there. */
  int positive(String key, int max) {
    JsonNode value = require(key, "a whole number from 1 to " + max);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < 1
        || value.intValue() > max) {
      throw wrong(key, "must be a whole number from 1 to " + max);
    }
    return value.intValue();
  }

  /** A finite number above {@code min} up to {@code max}; {@code fallback} when absent. */
  double number(String key, double min, double max, double fallback) {
    return has(key) ? number(key, min, max) : assume(key, fallback);
  }

  /** A finite number above {@code min} up to {@code max} that must be there. */
  double number(String key, double min, double max) {
    JsonNode value = require(key, "a number above " + min + ", at most " + max);
    double number = value.doubleValue();
    // Written so that NaN fails too.
    if (!value.isNumber() || !(number > min && number <= max)) {
      throw wrong(key, "must be a number above " + min + ", at most " + max);
    }
    return number;
  }

  /** As {@link #number(String, double, double)} where the key is there. */
  OptionalDouble optionalNumber(String key, double min, double max) {
    return has(key) ? OptionalDouble.of(number(key, min, max)) : OptionalDouble.empty();
  }

  /** True or false; {@code fallback} when absent. */
  boolean flag(String key, boolean fallback) {
    if (!has(key)) {
      return assume(key, fallback);
    }
    if (!node.get(key).isBoolean()) {
      throw wrong(key, "must be true or false");
    }
    return node.get(key).booleanValue();
  }

  /** A string, where the key is there. */
  Optional<String> text(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!node.get(key).isTextual()) {
      throw wrong(key, "must be a string");
    }
    return Optional.of(node.get(key).textValue());
  }

  /** An object, where the key is there. */
  Optional<ConfigSection> section(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    if (!node.get(key).isObject()) {
      throw wrong(key, "must be an object");
    }
    return Optional.of(new ConfigSection(file, prefix + key + ".", node.get(key), assumed));
  }

  /** The strings of a list, where the key is there. */
  Optional<List<String>> texts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode element : node.get(key)) {
      texts.add(element.isTextual() ? element.textValue() : element.toString());
    }
    if (!node.get(key).isArray()) {
      throw wrong(key, "must be a list of strings");
    }
    return Optional.of(texts);
  }

  /** A token id or a list of them; none when absent or null. */
  List<Integer> tokenIds(String key) {
    List<Integer> ids = new ArrayList<>();
    if (has(key)) {
      JsonNode value = node.get(key);
      for (JsonNode id : value.isArray() ? value : List.of(value)) {
        if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
          throw wrong(key, "must be a token id or a list of token ids");
        }
        ids.add(id.intValue());
      }
    }
    return ids;
  }

  /** Positive finite f32 numbers, exactly {@code length} of them, that must be there. */
  float[] positiveNumbers(String key, int length) {
    JsonNode value = require(key, "a list of " + length + " numbers");
    if (!value.isArray() || value.size() != length) {
      throw invalid(key, "has " + value.size() + " entries: must be a list of " + length);
    }
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = value.get(i).floatValue();
      if (!value.get(i).isNumber() || !(numbers[i] > 0 && numbers[i] < Float.POSITIVE_INFINITY)) {
        throw invalid(key + "[" + i + "]", "is " + value.get(i) + ": must be a positive number");
      }
    }
    return numbers;
  }

  /** The value of a key as written, for messages. */
  String show(String key) {
    String text = String.valueOf(node.get(key));
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }

  /** The complaint that a key's value is not what it must be. */
  CheckpointException wrong(String key, String rule) {
    return invalid(key, "is " + show(key) + ": " + rule);
  }

  /** A complaint about a key. */
  CheckpointException invalid(String key, String reason) {
    return CheckpointException.file(file, prefix + key + " " + reason);
  }

  private JsonNode require(String key, String expected) {
    if (!has(key)) {
      throw invalid(key, "is missing: must be " + expected);
    }
    return node.get(key);
  }
}
