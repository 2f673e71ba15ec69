package dev.whit.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Asks a server as lm-evaluation-harness's {@code local-completions} does with a remote tokenizer,
 * and reads the replies as it does.
 */
final class HarnessClient {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ServerProcess server;
  private final String model;

  HarnessClient(ServerProcess server, String model) {
    this.server = server;
    this.model = model;
  }

  /** How likely a continuation is, and whether each of its tokens is the likeliest. */
  record Likelihood(double logprob, boolean greedy) {}

  /** Part of a text: tokens that are given, and tokens that are to be predicted. */
  record Window(int[] context, int[] targets) {}

  int[] tokenize(String text) throws JsonProcessingException {
    JsonNode reply =
        post(
            "/tokenize",
            JSON.createObjectNode()
                .put("model", model)
                .put("prompt", text)
                .put("add_special_tokens", true));
    return IntStream.range(0, reply.path("tokens").size())
        .map(i -> reply.path("tokens").get(i).asInt())
        .toArray();
  }

  /** Of a continuation, tokenised as the end of both together. */
  Likelihood likelihood(String context, String continuation) throws JsonProcessingException {
    int[] both = tokenize(context + continuation);
    int begin = tokenize(context).length;
    return likelihood(
        new Window(Arrays.copyOf(both, begin), Arrays.copyOfRange(both, begin, both.length)));
  }

  /** Of a window's targets. */
  Likelihood likelihood(Window window) throws JsonProcessingException {
    var request =
        JSON.createObjectNode()
            .put("model", model)
            .put("temperature", 0)
            .put("max_tokens", 1)
            .put("logprobs", 1)
            .put("seed", 1234)
            .put("echo", true);
    var prompt = request.putArray("prompt").addArray();
    IntStream.concat(Arrays.stream(window.context()), Arrays.stream(window.targets()))
        .forEach(prompt::add);
    JsonNode logprobs = post("/v1/completions", request).path("choices").path(0).path("logprobs");
    JsonNode tokens = logprobs.path("token_logprobs");
    double sum = 0;
    boolean greedy = true;
    for (int i = window.context().length; i < tokens.size() - 1; i++) {
      double best = Double.NEGATIVE_INFINITY;
      for (JsonNode value : logprobs.path("top_logprobs").path(i)) {
        best = Math.max(best, value.asDouble());
      }
      sum += tokens.get(i).asDouble();
      greedy &= tokens.get(i).asDouble() == best;
    }
    return new Likelihood(sum, greedy);
  }

  /** Of a whole text, in windows that follow each other. */
  double rolling(String text, int prefix, int length) throws JsonProcessingException {
    double sum = 0;
    for (Window window : windows(tokenize(text), prefix, length)) {
      sum += likelihood(window).logprob();
    }
    return sum;
  }

  /**
   * Windows that predict every token once, each with as much context as fits.
   *
   * @param prefix stands before the first token
   * @param length most tokens that a window's prediction may look at
   */
  static List<Window> windows(int[] tokens, int prefix, int length) {
    int end = Math.min(length, tokens.length);
    List<Window> windows = new ArrayList<>();
    windows.add(new Window(new int[] {prefix}, Arrays.copyOf(tokens, end)));
    while (end < tokens.length) {
      int begin = end;
      end = Math.min(begin + length, tokens.length);
      windows.add(
          new Window(
              Arrays.copyOfRange(tokens, end - length - 1, begin),
              Arrays.copyOfRange(tokens, begin, end)));
    }
    return windows;
  }

  private JsonNode post(String path, JsonNode body) throws JsonProcessingException {
    HttpResponse<String> response = server.post(path, body.toString());
    if (response.statusCode() != 200) {
      throw new AssertionError(path + " is answered with " + response.body());
    }
    return JSON.readTree(response.body());
  }
}
