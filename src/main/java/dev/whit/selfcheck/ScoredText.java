package dev.whit.selfcheck;

import static dev.whit.selfcheck.ContractViolation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The {@code logprobs} of an echoed choice, read as the harness reads them: an entry for each token
 * of the prompt and one for the generated token.
 *
 * @param tokens texts of the tokens
 * @param logprobs log-probabilities; NaN for the first, which has none
 * @param alternatives log-probabilities by text; empty for the first
 */
record ScoredText(
    List<String> tokens, List<Double> logprobs, List<Map<String, Double>> alternatives) {
  private static final List<String> LISTS =
      List.of("tokens", "token_logprobs", "top_logprobs", "text_offset");

  /**
   * Reads them.
   *
   * @param promptTokens tokens of the prompt
   * @throws ContractViolation if they are not as they must be
   */
  static ScoredText of(JsonNode choice, int promptTokens) {
    JsonNode logprobs = choice.path("logprobs");
    unless(logprobs.isObject(), "logprobs is %s, an object was due", CheckedModel.kind(logprobs));
    for (String list : LISTS) {
      JsonNode value = logprobs.path(list);
      unless(value.isArray(), "logprobs.%s is no list", list);
      unless(
          value.size() == promptTokens + 1,
          "logprobs.%s has %d entries for a prompt of %d tokens and one generated, %d were due",
          list,
          value.size(),
          promptTokens,
          promptTokens + 1);
    }
    ScoredText text = new ScoredText(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i <= promptTokens; i++) {
      text.add(
          i,
          logprobs.path("tokens").path(i),
          logprobs.path("token_logprobs").path(i),
          logprobs.path("top_logprobs").path(i));
    }
    return text;
  }

  private void add(int i, JsonNode token, JsonNode logprob, JsonNode top) {
    unless(token.isTextual(), "tokens[%d] is %s, a text was due", i, token);
    tokens.add(token.asText());
    if (i == 0) {
      unless(logprob.isNull(), "token_logprobs[0] is %s, null was due", logprob);
      logprobs.add(Double.NaN);
      alternatives.add(Map.of());
      return;
    }
    unless(logprob.isNumber(), "token_logprobs[%d] is %s, a number was due", i, logprob);
    unless(logprob.asDouble() <= 0, "token_logprobs[%d] is %s, above 0", i, logprob);
    unless(
        top.isObject() && !top.isEmpty(),
        "top_logprobs[%d] is %s, an object with the most likely tokens was due",
        i,
        top);
    Map<String, Double> byText = new LinkedHashMap<>();
    top.properties().forEach(entry -> byText.put(entry.getKey(), entry.getValue().asDouble()));
    logprobs.add(logprob.asDouble());
    alternatives.add(byText);
  }

  /** The harness's test: the very number of the most likely token. */
  boolean isGreedy(int position) {
    return logprobs.get(position)
        == alternatives.get(position).values().stream()
            .mapToDouble(d -> d)
            .max()
            .orElse(Double.NaN);
  }
}
