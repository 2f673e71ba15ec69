package dev.whit.selfcheck;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A server that keeps the contract but for the defects that it is given. Its tokens are bytes, and
 * what follows a token depends on that token only.
 */
final class ToyServer implements AutoCloseable {
  private static final int BOS = 256;
  private static final int EOS = 257;
  private static final int SIZE = 258;
  private static final Set<String> MODELS = Set.of("toy");

  private final ObjectMapper json = new ObjectMapper();
  private final Set<Defect> defects;
  private final AtomicInteger requests = new AtomicInteger();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer http;

  /** What can be wrong with it. */
  enum Defect {
    NO_EOS_TOKEN,
    BOS_ALWAYS,
    BOS_BEFORE_IDS,
    DETOKENIZES_BADLY,
    FIRST_HAS_A_NUMBER,
    NO_ECHOED_LOGPROBS,
    NO_ENTRY_FOR_EOS,
    ROUNDED_ALTERNATIVES,
    NO_ALTERNATIVES,
    KEYS_COLLIDE,
    GREEDY_IS_NOT_GREEDY,
    ANSWERS_IN_ANOTHER_ORDER,
    ANSWERS_VARY,
    FOUR_STOPS,
    SEED_IGNORED,
    NO_DONE,
    STREAM_LOSES_TEXT,
    CHAT_WITHOUT_ROLE,
    ERROR_WITHOUT_PARAM,
    ANY_MODEL,
    TAKES_ANYTHING,
    NO_REQUEST_ID
  }

  ToyServer(Defect... defects) throws IOException {
    this.defects = Set.of(defects);
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext("/", this::answer);
    http.setExecutor(threads);
    http.start();
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + http.getAddress().getPort() + "/v1");
  }

  private boolean has(Defect defect) {
    return defects.contains(defect);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String id = exchange.getRequestHeaders().getFirst("x-request-id");
      if (!has(Defect.NO_REQUEST_ID)) {
        exchange.getResponseHeaders().set("x-request-id", Objects.requireNonNullElse(id, "new"));
      }
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      int number = requests.incrementAndGet();
      try {
        JsonNode request = body.isEmpty() ? json.createObjectNode() : json.readTree(body);
        route(exchange, exchange.getRequestURI().getPath(), request, number);
      } catch (Refused e) {
        send(exchange, e.status, "application/json", e.body.toString());
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        int status = has(Defect.TAKES_ANYTHING) ? 200 : 400;
        send(exchange, status, "application/json", error("not JSON", null, null).toString());
      }
    }
  }

  private void route(HttpExchange exchange, String path, JsonNode request, int number)
      throws IOException {
    switch (path) {
      case "/v1/models" -> reply(exchange, models());
      case "/tokenizer_info" -> reply(exchange, tokenizerInfo());
      case "/tokenize" -> reply(exchange, tokenize(request));
      case "/detokenize" -> reply(exchange, detokenize(request));
      case "/v1/chat/completions" -> reply(exchange, chat());
      case "/v1/completions" -> complete(exchange, request, number);
      default -> send(exchange, 404, "application/json", "{}");
    }
  }

  private ObjectNode models() {
    ObjectNode models = json.createObjectNode();
    models.putArray("data").addObject().put("id", "toy");
    return models;
  }

  private ObjectNode tokenizerInfo() {
    ObjectNode info = json.createObjectNode().put("bos_token", "<s>").put("chat_template", "{}");
    info.putNull("pad_token");
    return has(Defect.NO_EOS_TOKEN) ? info : info.put("eos_token", "</s>");
  }

  private ObjectNode tokenize(JsonNode request) {
    String text = request.path("prompt").asText();
    ObjectNode reply = json.createObjectNode();
    ArrayNode ids = reply.putArray("tokens");
    if (request.path("add_special_tokens").asBoolean(true) || has(Defect.BOS_ALWAYS)) {
      ids.add(BOS);
    }
    switch (text) {
      case "<s>" -> ids.add(BOS);
      case "</s>" -> ids.add(EOS);
      default -> {
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
          ids.add(Byte.toUnsignedInt(b));
        }
      }
    }
    return reply;
  }

  private ObjectNode detokenize(JsonNode request) {
    String text = text(ids(request.path("tokens")));
    return json.createObjectNode()
        .put("prompt", has(Defect.DETOKENIZES_BADLY) ? text.replace("é", "e") : text);
  }

  private ObjectNode chat() {
    ObjectNode reply = json.createObjectNode();
    ObjectNode message = reply.putArray("choices").addObject().putObject("message");
    message.put("content", "A toy.");
    return has(Defect.CHAT_WITHOUT_ROLE) ? reply : put(reply, message);
  }

  private static ObjectNode put(ObjectNode reply, ObjectNode message) {
    message.put("role", "assistant");
    return reply;
  }

  private void complete(HttpExchange exchange, JsonNode request, int number) throws IOException {
    validate(request);
    ObjectNode reply = json.createObjectNode();
    ArrayNode choices = reply.putArray("choices");
    int promptTokens = 0;
    int generated = 0;
    for (List<Integer> prompt : prompts(request.path("prompt"))) {
      Answer answer = new Answer(prompt, request, number);
      choices.add(answer.choice(choices.size()));
      promptTokens += prompt.size();
      generated += answer.ids.size();
    }
    if (has(Defect.ANSWERS_IN_ANOTHER_ORDER) && choices.size() > 1) {
      choices.add(choices.remove(0));
    }
    reply.putObject("usage").put("prompt_tokens", promptTokens).put("completion_tokens", generated);
    if (request.path("stream").asBoolean()) {
      stream(exchange, reply);
    } else {
      reply(exchange, reply);
    }
  }

  private void validate(JsonNode request) {
    if (!has(Defect.ANY_MODEL) && !MODELS.contains(request.path("model").asText())) {
      throw new Refused(404, error("no such model", "model", "model_not_found"));
    }
    if (request.path("temperature").asInt() < 0) {
      String field = has(Defect.ERROR_WITHOUT_PARAM) ? null : "temperature";
      throw new Refused(400, error("temperature must not be negative", field, null));
    }
    if (has(Defect.FOUR_STOPS) && request.path("stop").size() > 4) {
      throw new Refused(400, error("at most 4 stops", "stop", null));
    }
  }

  private void stream(HttpExchange exchange, ObjectNode reply) throws IOException {
    JsonNode choice = reply.path("choices").path(0);
    StringBuilder events = new StringBuilder();
    String text = choice.path("text").asText();
    for (int i = has(Defect.STREAM_LOSES_TEXT) ? 1 : 0; i < text.length(); i++) {
      ObjectNode chunk = json.createObjectNode();
      ObjectNode delta =
          chunk.putArray("choices").addObject().put("text", text.substring(i, i + 1));
      delta.set("finish_reason", i + 1 == text.length() ? choice.path("finish_reason") : null);
      events.append("data: ").append(chunk).append("\n\n");
    }
    ObjectNode last = json.createObjectNode();
    last.putArray("choices");
    last.set("usage", reply.path("usage"));
    events.append("data: ").append(last).append("\n\n");
    events.append(has(Defect.NO_DONE) ? "" : "data: [DONE]\n\n");
    send(exchange, 200, "text/event-stream", events.toString());
  }

  private List<List<Integer>> prompts(JsonNode prompt) {
    List<List<Integer>> prompts = new ArrayList<>();
    if (prompt.isTextual()) {
      prompts.add(ids(tokenize(json.createObjectNode().set("prompt", prompt)).path("tokens")));
    } else if (prompt.path(0).isArray()) {
      prompt.forEach(ids -> prompts.add(ids(ids)));
    } else {
      prompts.add(ids(prompt));
    }
    if (has(Defect.BOS_BEFORE_IDS) && !prompt.isTextual()) {
      prompts.forEach(ids -> ids.addFirst(BOS));
    }
    return prompts;
  }

  private static List<Integer> ids(JsonNode list) {
    List<Integer> ids = new ArrayList<>();
    list.forEach(id -> ids.add(id.asInt()));
    return ids;
  }

  private static String text(List<Integer> ids) {
    byte[] bytes = new byte[ids.size()];
    int length = 0;
    for (int id : ids) {
      if (id < 256) {
        bytes[length++] = (byte) id;
      }
    }
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private static ObjectNode error(String message, @Nullable String param, @Nullable String code) {
    ObjectNode error = new ObjectMapper().createObjectNode();
    error
        .putObject("error")
        .put("message", message)
        .put("type", "invalid_request_error")
        .put("param", param)
        .put("code", code);
    return error;
  }

  private void reply(HttpExchange exchange, JsonNode body) throws IOException {
    send(exchange, 200, "application/json", body.toString());
  }

  private static void send(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  /** A request that is not answered. */
  private static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final int status;
    private final transient ObjectNode body;

    Refused(int status, ObjectNode body) {
      this.status = status;
      this.body = body;
    }
  }

  /** The toy's answer to one prompt. */
  private final class Answer {
    private final List<Integer> prompt;
    private final JsonNode request;
    private final int number;
    private final List<Integer> ids = new ArrayList<>();
    private String text = "";
    private String finish = "length";

    Answer(List<Integer> prompt, JsonNode request, int number) {
      this.prompt = prompt;
      this.request = request;
      this.number = number;
      generate();
    }

    private void generate() {
      int last = prompt.getLast();
      boolean varies = request.path("temperature").asInt() > 0 && has(Defect.SEED_IGNORED);
      for (int i = 0; i < request.path("max_tokens").asInt(); i++) {
        boolean ends = request.path("logit_bias").has(Integer.toString(EOS));
        last = ends ? EOS : varies ? 'a' + (last + number) % 26 : best(last, 1).getFirst();
        ids.add(last);
        text = ToyServer.text(ids);
        if (ends) {
          finish = "stop";
          break;
        }
        for (JsonNode stop : request.path("stop")) {
          if (text.contains(stop.asText())) {
            text = text.substring(0, text.indexOf(stop.asText()));
            finish = "stop";
            return;
          }
        }
      }
    }

    ObjectNode choice(int index) {
      boolean echo = request.path("echo").asBoolean();
      ObjectNode choice =
          json.createObjectNode()
              .put("index", index)
              .put("text", (echo ? ToyServer.text(prompt) : "") + text)
              .put("finish_reason", finish);
      ArrayNode tokenIds = choice.putArray("token_ids");
      ids.forEach(tokenIds::add);
      if (request.has("logprobs")) {
        logprobs(choice.putObject("logprobs"), request.path("logprobs").asInt());
      }
      return choice;
    }

    private void logprobs(ObjectNode lists, int wanted) {
      ArrayNode tokens = lists.putArray("tokens");
      ArrayNode logprobs = lists.putArray("token_logprobs");
      ArrayNode top = lists.putArray("top_logprobs");
      ArrayNode offsets = lists.putArray("text_offset");
      List<Integer> all = new ArrayList<>(has(Defect.NO_ECHOED_LOGPROBS) ? List.of() : prompt);
      all.addAll(has(Defect.NO_ENTRY_FOR_EOS) ? ids.stream().filter(i -> i != EOS).toList() : ids);
      for (int i = 0; i < all.size(); i++) {
        tokens.add(name(all.get(i)));
        offsets.add(i);
        if (i == 0 && !has(Defect.FIRST_HAS_A_NUMBER)) {
          logprobs.addNull();
          top.addNull();
        } else {
          int before = i == 0 ? BOS : all.get(i - 1);
          double shift = has(Defect.ANSWERS_VARY) ? -1e-9 * number : 0;
          double logprob = logprob(before, all.get(i)) + shift;
          logprobs.add(logprob);
          top.add(has(Defect.NO_ALTERNATIVES) ? null : top(before, all.get(i), wanted, shift));
        }
      }
    }

    private ObjectNode top(int before, int token, int wanted, double shift) {
      ObjectNode top = json.createObjectNode();
      List<Integer> shown = new ArrayList<>(best(before, wanted));
      if (!shown.contains(token)) {
        shown.add(token);
      }
      for (int other : shown) {
        double value = logprob(before, other) + shift;
        top.put(name(other), has(Defect.ROUNDED_ALTERNATIVES) ? (double) (float) value : value);
      }
      if (has(Defect.GREEDY_IS_NOT_GREEDY)) {
        top.put("better", -1e-3);
      }
      return top;
    }

    private String name(int id) {
      if (id >= 256) {
        return id == BOS ? "<s>" : "</s>";
      }
      String text = id < 128 ? Character.toString(id) : "bytes:\\x" + Integer.toHexString(id);
      return has(Defect.KEYS_COLLIDE) && id >= 128 ? "\uFFFD" : text;
    }
  }

  /** After a letter the next one is best; after a piece of a character other pieces are. */
  private static double logprob(int before, int token) {
    int rank = Math.floorMod(token - before - 1, SIZE);
    return -0.1 - rank / 7.0;
  }

  private static List<Integer> best(int before, int count) {
    return IntStream.range(0, SIZE)
        .boxed()
        .sorted(Comparator.comparingDouble(token -> -logprob(before, token)))
        .limit(count)
        .toList();
  }

  @Override
  public void close() {
    http.stop(0);
    threads.close();
  }
}
