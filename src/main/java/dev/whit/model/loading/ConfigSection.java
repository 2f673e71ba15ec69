package dev.whit.model.loading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.whit.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * A JSON object of a configuration file, read by key into checked values. A key that is absent has
 * the value that the family's class gives it, if any, which is noted; a key that is null has none.
 * Every complaint names file, key, value and what is allowed.
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
  private final JsonNode defaults;
  private final Set<String> assumed;

  private ConfigSection(
      Path file, String prefix, JsonNode node, JsonNode defaults, Set<String> assumed) {
    this.file = file;
    this.prefix = prefix;
    this.node = node;
    this.defaults = defaults;
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
      return of(file, node);
    } catch (JsonProcessingException e) {
      throw CheckpointException.file(file, "is not valid JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw CheckpointException.file(file, "cannot be read: " + e, e);
    }
  }

  /** A configuration that is not a file of its own. */
  static ConfigSection of(Path file, JsonNode object) {
    return new ConfigSection(file, "", object, MissingNode.getInstance(), new LinkedHashSet<>());
  }

  /** The same with values for absent keys, a JSON object. */
  ConfigSection withDefaults(String json) {
    try {
      return new ConfigSection(file, prefix, node, MAPPER.readTree(json), assumed);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
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

  /** Whether the key has a value: written, or assumed where it is absent. */
  boolean has(String key) {
    return node.has(key) ? node.hasNonNull(key) : defaults.hasNonNull(key);
  }

  /** Whether the key is written, with null or a value. */
  boolean mentions(String key) {
    return node.has(key);
  }

  /** Whether the key is written, with an object. */
  boolean isObject(String key) {
    return node.path(key).isObject();
  }

  /** Whether the family's class knows the key. */
  boolean knows(String key) {
    return defaults.has(key);
  }

  private JsonNode value(String key) {
    if (!node.has(key) && defaults.has(key)) {
      assumed.add(prefix + key + " = " + defaults.get(key));
      return defaults.get(key);
    }
    return node.get(key);
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

  /** A whole number from 1 to {@code max} that must be there. */
  int positive(String key, int max) {
    return wholeNumber(key, 1, max);
  }

  /** A whole number from {@code min} to {@code max} that must be there. */
  int wholeNumber(String key, int min, int max) {
    String expected = "a whole number from " + min + " to " + max;
    JsonNode value = require(key, expected);
    if (!value.isIntegralNumber()
        || !value.canConvertToInt()
        || value.intValue() < min
        || value.intValue() > max) {
      throw wrong(key, "must be " + expected);
    }
    return value.intValue();
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

  /** True or false; false where it has no value. */
  boolean flag(String key) {
    if (!has(key)) {
      return false;
    }
    JsonNode value = value(key);
    if (!value.isBoolean()) {
      throw wrong(key, "must be true or false");
    }
    return value.booleanValue();
  }

  /** A string, where the key is there. */
  Optional<String> text(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode value = value(key);
    if (!value.isTextual()) {
      throw wrong(key, "must be a string");
    }
    return Optional.of(value.textValue());
  }

  /** A string that nothing depends on, where the key is written with one. */
  Optional<String> string(String key) {
    return Optional.ofNullable(node.path(key).textValue());
  }

  /** An object, where the key is there. */
  Optional<ConfigSection> section(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    JsonNode value = value(key);
    if (!value.isObject()) {
      throw wrong(key, "must be an object");
    }
    return Optional.of(
        new ConfigSection(file, prefix + key + ".", value, MissingNode.getInstance(), assumed));
  }

  /** The strings of a list, where the key is there. */
  Optional<List<String>> texts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    JsonNode value = value(key);
    for (JsonNode element : value) {
      texts.add(element.isTextual() ? element.textValue() : element.toString());
    }
    if (!value.isArray()) {
      throw wrong(key, "must be a list of strings");
    }
    return Optional.of(texts);
  }

  /** A token id or a list of them; none when absent or null. */
  List<Integer> tokenIds(String key) {
    List<Integer> ids = new ArrayList<>();
    if (has(key)) {
      JsonNode value = value(key);
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
    String text = String.valueOf(node.has(key) ? node.get(key) : defaults.get(key));
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
    return value(key);
  }
}
