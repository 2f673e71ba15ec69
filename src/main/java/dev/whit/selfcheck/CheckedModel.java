package dev.whit.selfcheck;

import static dev.whit.selfcheck.ContractViolation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The model that is checked, and the requests that checks have in common.
 *
 * @param server where it is served
 * @param name its name
 */
record CheckedModel(ServerClient server, String name) {
  /** A text that any model can continue. */
  static final String TEXT = "The old house stood on the hill, and nobody had";

  /** A text whose characters byte-level tokenizers cut into pieces that are no texts. */
  static final String PIECES = "naïve café — 漢字 🙂🙃";

  /** Its name in a query. */
  String encodedName() {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  /** The beginning of a request. */
  ObjectNode request() {
    return ServerClient.JSON.createObjectNode().put("model", name);
  }

  /** A request that completes greedily. */
  ObjectNode greedy(String prompt, int maxTokens) {
    return request().put("prompt", prompt).put("temperature", 0).put("max_tokens", maxTokens);
  }

  /** What the harness sends to have texts scored. */
  ObjectNode scoring(int logprobs, int[]... prompts) {
    ObjectNode request =
        request()
            .put("temperature", 0)
            .put("max_tokens", 1)
            .put("logprobs", logprobs)
            .put("seed", 1234)
            .put("echo", true);
    ArrayNode all = request.putArray("prompt");
    for (int[] prompt : prompts) {
      ArrayNode ids = all.addArray();
      for (int id : prompt) {
        ids.add(id);
      }
    }
    return request;
  }

  /** Posts what must be answered with 200. */
  JsonNode post(String path, JsonNode body) throws IOException, InterruptedException {
    ServerClient.Reply reply = server.post(path, body);
    unless(
        reply.status() == 200,
        "POST /%s is answered with %d: %s",
        path,
        reply.status(),
        shortened(reply.body()));
    return reply.json();
  }

  /** The reply to a completion that must be answered. */
  JsonNode complete(ObjectNode request) throws IOException, InterruptedException {
    return post("v1/completions", request);
  }

  /** The one choice of a reply. */
  static JsonNode onlyChoice(JsonNode reply) {
    JsonNode choices = reply.path("choices");
    unless(choices.size() == 1, "choices has %d elements, one was due", choices.size());
    return choices.get(0);
  }

  /** The scores of one prompt, asked for as the harness does. */
  ScoredText score(int logprobs, int[] prompt) throws IOException, InterruptedException {
    return ScoredText.of(onlyChoice(complete(scoring(logprobs, prompt))), prompt.length);
  }

  /** Token ids of a text. */
  int[] tokenize(String text, boolean addSpecialTokens) throws IOException, InterruptedException {
    JsonNode reply =
        post("tokenize", request().put("prompt", text).put("add_special_tokens", addSpecialTokens));
    return ids(reply.path("tokens"), "tokens");
  }

  /** A list of token ids in a reply. */
  static int[] ids(JsonNode list, String name) {
    unless(list.isArray(), "%s is %s, a list of token ids was due", name, kind(list));
    List<Integer> ids = new ArrayList<>();
    for (JsonNode id : list) {
      unless(id.canConvertToInt() && id.isInt(), "%s has %s, no token id", name, id);
      ids.add(id.asInt());
    }
    return ids.stream().mapToInt(Integer::intValue).toArray();
  }

  /** What a value is, for messages. */
  static String kind(JsonNode value) {
    return value.isMissingNode() ? "missing" : shortened(value.toString());
  }

  private static String shortened(String text) {
    String line = text.strip().replaceAll("\\s+", " ");
    return line.length() <= 200 ? line : line.substring(0, 200) + "…";
  }
}
