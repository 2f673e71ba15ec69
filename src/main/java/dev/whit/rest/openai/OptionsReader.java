package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.whit.api.ApiException;
import dev.whit.api.GenerationOptions;
import dev.whit.api.Penalties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the fields that say how to generate, which all kinds of requests have. */
final class OptionsReader {
  static final int MAX_CHOICES = 128;
  static final int MAX_LOGPROBS = 20;
  private static final int MAX_BIASES = 4096;
  private static final int MAX_STOPS = 128;
  private static final int MAX_SALT_LENGTH = 1024;
  private static final int MAX_STOP_LENGTH = 1024;

  private OptionsReader() {}

  /**
   * Reads the options.
   *
   * @param maxTokens most tokens, whatever the kind of request calls it; null for its default
   * @param logprobs alternatives for each token, −1 for none: the kinds ask differently
   */
  static GenerationOptions read(JsonFields request, @Nullable Integer maxTokens, int logprobs) {
    Integer topK = request.integer("top_k", -1, Integer.MAX_VALUE);
    Integer n = request.integer("n", 1, MAX_CHOICES);
    Integer priority = request.integer("priority", Integer.MIN_VALUE, Integer.MAX_VALUE);
    return new GenerationOptions(
        maxTokens,
        request.number("temperature", 1, "from 0 to 100", t -> t >= 0 && t <= 100),
        topK == null ? 0 : Math.max(topK, 0),
        request.number("top_p", 1, "greater than 0 and at most 1", p -> p > 0 && p <= 1),
        request.number("min_p", 0, "from 0 to 1", p -> p >= 0 && p <= 1),
        penalties(request),
        biases(request.value("logit_bias"), request.path("logit_bias")),
        minTokens(request, maxTokens),
        request.longInteger("seed"),
        n == null ? 1 : n,
        stops(request.value("stop"), request.path("stop")),
        stopTokens(request.value("stop_token_ids"), request.path("stop_token_ids")),
        request.flag("ignore_eos", false),
        logprobs,
        request.flag("return_token_ids", false),
        request.text("user"),
        priority == null ? 0 : priority,
        cacheSalt(request),
        ResponseFormatReader.read(request.object("response_format")));
  }

  /** {@code cache_salt}, empty for none. */
  static String cacheSalt(JsonFields request) {
    String salt = request.text("cache_salt");
    if (salt == null) {
      return "";
    }
    if (salt.isEmpty() || salt.length() > MAX_SALT_LENGTH) {
      throw new ApiException.InvalidRequest(
          "cache_salt",
          "cache_salt must have 1 to %d characters, not %d"
              .formatted(MAX_SALT_LENGTH, salt.length()));
    }
    return salt;
  }

  /**
   * Reads {@code max_completion_tokens}, or {@code max_tokens}, its older name.
   *
   * @param least the least value
   */
  static @Nullable Integer maxTokens(JsonFields request, int least) {
    Integer maxTokens = request.integer("max_tokens", least, Integer.MAX_VALUE);
    Integer newerName = request.integer("max_completion_tokens", least, Integer.MAX_VALUE);
    return newerName == null ? maxTokens : newerName;
  }

  private static Penalties penalties(JsonFields request) {
    return new Penalties(
        request.number(
            "repetition_penalty", 1, "greater than 0 and at most 100", p -> p > 0 && p <= 100),
        request.number("frequency_penalty", 0, "from -2 to 2", p -> p >= -2 && p <= 2),
        request.number("presence_penalty", 0, "from -2 to 2", p -> p >= -2 && p <= 2));
  }

  private static int minTokens(JsonFields request, @Nullable Integer maxTokens) {
    Integer minTokens = request.integer("min_tokens", 0, Integer.MAX_VALUE);
    if (minTokens != null && maxTokens != null && minTokens > maxTokens) {
      throw new ApiException.InvalidRequest(
          "min_tokens",
          "min_tokens must be at most max_tokens, %d, not %d".formatted(maxTokens, minTokens));
    }
    return minTokens == null ? 0 : minTokens;
  }

  private static Map<Integer, Double> biases(@Nullable JsonNode value, String path) {
    if (value == null) {
      return Map.of();
    }
    JsonFields fields = JsonFields.object(value, path);
    checkSize(value, path, MAX_BIASES);
    Map<Integer, Double> biases = new HashMap<>();
    for (String key : (Iterable<String>) value::fieldNames) {
      double bias = fields.number(key, 0, "from -100 to 100", b -> b >= -100 && b <= 100);
      biases.put(tokenId(key, path), bias);
    }
    return biases;
  }

  private static int tokenId(String key, String path) {
    try {
      int id = Integer.parseInt(key);
      if (id >= 0) {
        return id;
      }
    } catch (NumberFormatException e) {
      // as a negative number
    }
    throw JsonFields.invalidAt(path, "must have token ids for names", TextNode.valueOf(key));
  }

  private static List<String> stops(@Nullable JsonNode value, String path) {
    if (value == null) {
      return List.of();
    }
    if (value.isTextual()) {
      return List.of(stop(value, path));
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt(path, "must be a string or an array of strings", value);
    }
    checkSize(value, path, MAX_STOPS);
    List<String> stops = new ArrayList<>();
    for (JsonNode element : value) {
      stops.add(stop(element, path + "[" + stops.size() + "]"));
    }
    return stops;
  }

  private static String stop(JsonNode value, String path) {
    String stop = JsonFields.text(value, path);
    if (stop.isEmpty() || stop.length() > MAX_STOP_LENGTH) {
      throw new ApiException.InvalidRequest(
          path,
          "%s must have 1 to %d characters, not %d"
              .formatted(path, MAX_STOP_LENGTH, stop.length()));
    }
    return stop;
  }

  private static Set<Integer> stopTokens(@Nullable JsonNode value, String path) {
    if (value == null) {
      return Set.of();
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt(path, "must be an array of token ids", value);
    }
    checkSize(value, path, MAX_STOPS);
    Set<Integer> ids = new LinkedHashSet<>();
    for (int i = 0; i < value.size(); i++) {
      ids.add(JsonFields.integer(value.get(i), path + "[" + i + "]", 0, Integer.MAX_VALUE));
    }
    return ids;
  }

  static void checkSize(JsonNode container, String path, int most) {
    if (container.size() > most) {
      throw new ApiException.InvalidRequest(
          path, "%s must have at most %d elements, not %d".formatted(path, most, container.size()));
    }
  }
}
