package dev.whit.rest.openai;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.api.ApiException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.function.DoublePredicate;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object, read by name and type. A field that is absent or null reads as null;
 * one of a wrong type or out of range is an {@link ApiException.InvalidRequest} that names it.
 */
final class JsonFields {
  private static final int MAX_NESTING = 100;
  private static final int MAX_SHOWN = 40;
  private static final ObjectMapper JSON = new ObjectMapper();

  static {
    JSON.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build());
  }

  private final ObjectNode object;
  private final String path;

  JsonFields(ObjectNode object, String path) {
    this.object = object;
    this.path = path;
  }

  /**
   * Parses a request's body: one JSON object in UTF-8. What is in it is not repeated in messages.
   */
  static JsonFields parse(byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new ApiException.InvalidRequest(null, "the body is not valid UTF-8");
    }
    return new JsonFields(parseObject(text), "");
  }

  /** Parses a text: one JSON object. What is in it is not repeated in messages. */
  static ObjectNode parseObject(String text) {
    try (JsonParser parser = JSON.createParser(text)) {
      JsonNode root = JSON.readTree(parser);
      if (root == null) {
        throw new ApiException.InvalidRequest(null, "the body is empty");
      }
      if (parser.nextToken() != null) {
        throw notJson("something follows the JSON value", parser.currentLocation());
      }
      if (!(root instanceof ObjectNode object)) {
        throw new ApiException.InvalidRequest(
            null, "the body must be a JSON object, not " + kind(root));
      }
      return object;
    } catch (StreamConstraintsException e) {
      throw notJson(
          "nesting deeper than %d, or a number or name of absurd length".formatted(MAX_NESTING),
          e.getLocation());
    } catch (JsonProcessingException e) {
      throw notJson("a syntax error", e.getLocation());
    } catch (IOException e) {
      throw new UncheckedIOException("reading a string", e);
    }
  }

  private static ApiException notJson(String what, @Nullable JsonLocation at) {
    String where =
        at == null ? "" : " at line %d, column %d".formatted(at.getLineNr(), at.getColumnNr());
    return new ApiException.InvalidRequest(null, "the body is not valid JSON: " + what + where);
  }

  /** Path of a field from the body's root. */
  String path(String name) {
    return path + name;
  }

  /** A field's value of whatever type. */
  @Nullable JsonNode value(String name) {
    JsonNode value = object.get(name);
    return value == null || value.isNull() ? null : value;
  }

  boolean flag(String name, boolean whenAbsent) {
    JsonNode value = value(name);
    if (value == null) {
      return whenAbsent;
    }
    if (!value.isBoolean()) {
      throw invalid(name, "must be true or false", value);
    }
    return value.booleanValue();
  }

  @Nullable Integer integer(String name, int min, int max) {
    JsonNode value = value(name);
    return value == null ? null : integer(value, path(name), min, max);
  }

  /** An integer at a path. */
  static int integer(JsonNode value, String path, int min, int max) {
    // 16.0 is an integer to JSON, whose numbers have no types.
    if (value.isNumber() && value.canConvertToExactIntegral() && value.canConvertToInt()) {
      int number = value.intValue();
      if (number >= min && number <= max) {
        return number;
      }
    }
    throw invalidAt(path, "must be an integer from %d to %d".formatted(min, max), value);
  }

  /** An array of integers at a path, none negative. */
  static int[] integers(JsonNode value, String path) {
    if (!value.isArray()) {
      throw invalidAt(path, "must be an array of token ids", value);
    }
    int[] numbers = new int[value.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = integer(value.get(i), path + "[" + i + "]", 0, Integer.MAX_VALUE);
    }
    return numbers;
  }

  @Nullable Long longInteger(String name) {
    JsonNode value = value(name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber() || !value.canConvertToExactIntegral() || !value.canConvertToLong()) {
      throw invalid(name, "must be an integer of 64 bits", value);
    }
    return value.longValue();
  }

  double number(String name, double whenAbsent, String limit, DoublePredicate isWithin) {
    JsonNode value = value(name);
    if (value == null) {
      return whenAbsent;
    }
    if (!value.isNumber() || !isWithin.test(value.doubleValue())) {
      throw invalid(name, "must be a number " + limit, value);
    }
    return value.doubleValue();
  }

  @Nullable String text(String name) {
    JsonNode value = value(name);
    return value == null ? null : text(value, path(name));
  }

  /** A string at a path, which must be text: no lone surrogates. */
  static String text(JsonNode value, String path) {
    if (!value.isTextual()) {
      throw invalidAt(path, "must be a string", value);
    }
    String text = value.textValue();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new ApiException.InvalidRequest(
          path, path + " must be text: it has half of a surrogate pair");
    }
    return text;
  }

  /** A nested object. */
  @Nullable JsonFields object(String name) {
    JsonNode value = value(name);
    return value == null ? null : object(value, path(name));
  }

  /** An object at a path. */
  static JsonFields object(JsonNode value, String path) {
    if (!(value instanceof ObjectNode nested)) {
      throw invalidAt(path, "must be an object", value);
    }
    return new JsonFields(nested, path + ".");
  }

  /** The error of a field that is not as it must be. */
  ApiException invalid(String name, String rule, JsonNode value) {
    return invalidAt(path(name), rule, value);
  }

  static ApiException invalidAt(String path, String rule, JsonNode value) {
    return new ApiException.InvalidRequest(
        path, "%s %s, not %s".formatted(path, rule, kind(value)));
  }

  /** A value for a message: scalars as they are, if short. */
  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case NUMBER, BOOLEAN, STRING -> shortened(value.toString());
      case ARRAY -> "an array";
      case OBJECT -> "an object";
      case NULL -> "null";
      case BINARY, MISSING, POJO ->
          throw new IllegalStateException("not JSON: " + value.getNodeType());
    };
  }

  private static String shortened(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
  }
}
