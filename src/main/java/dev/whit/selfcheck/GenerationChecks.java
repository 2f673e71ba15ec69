package dev.whit.selfcheck;

import static dev.whit.selfcheck.ContractViolation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;

/** What clients need that have texts generated, the harness's generation tasks among them. */
final class GenerationChecks {
  static final List<Check> ALL =
      List.of(
          new Check("any number of stop strings is taken", GenerationChecks::takesManyStops),
          new Check("the same seed gives the same text", GenerationChecks::aSeedDecides),
          new Check("a streamed answer is the whole one", GenerationChecks::streamsTheSame),
          new Check("a chat is answered", GenerationChecks::answersAChat));

  private static final int TOKENS = 16;
  private static final String DATA = "data: ";

  private GenerationChecks() {}

  private static void takesManyStops(CheckedModel model) throws IOException, InterruptedException {
    ObjectNode request = model.greedy(CheckedModel.TEXT, TOKENS);
    String text = CheckedModel.onlyChoice(model.complete(request)).path("text").asText();
    if (text.isBlank()) {
      throw new NotApplicable("the model has nothing to say");
    }
    // The last letter of the answer, where it comes for the first time.
    String stop =
        new StringBuilder().appendCodePoint(text.codePointBefore(text.length())).toString();
    ArrayNode stops = request.putArray("stop");
    for (int i = 0; i < 12; i++) {
      stops.add("never " + i);
    }
    stops.add(stop);
    JsonNode choice = CheckedModel.onlyChoice(model.complete(request));
    String cut = text.substring(0, text.indexOf(stop));
    unless(
        choice.path("text").asText().equals(cut),
        "text is %s, \"%s\" was due with the stop \"%s\"",
        choice.path("text"),
        cut,
        stop);
    unless(
        choice.path("finish_reason").asText().equals("stop"),
        "finish_reason is %s after a stop",
        choice.path("finish_reason"));
  }

  private static void aSeedDecides(CheckedModel model) throws IOException, InterruptedException {
    ObjectNode request =
        model.greedy(CheckedModel.TEXT, TOKENS).put("temperature", 1).put("seed", 7);
    JsonNode first = CheckedModel.onlyChoice(model.complete(request)).path("text");
    JsonNode second = CheckedModel.onlyChoice(model.complete(request)).path("text");
    unless(first.isTextual() && first.equals(second), "seed 7 gives %s, then %s", first, second);
  }

  private static void streamsTheSame(CheckedModel model) throws IOException, InterruptedException {
    ObjectNode request =
        model.greedy(CheckedModel.TEXT, TOKENS).put("temperature", 1).put("seed", 7);
    JsonNode reply = model.complete(request);
    JsonNode whole = CheckedModel.onlyChoice(reply);
    request.put("stream", true).putObject("stream_options").put("include_usage", true);
    List<String> events = events(model, request);
    unless(
        !events.isEmpty() && events.getLast().equals("[DONE]"), "the stream ends without [DONE]");
    StringBuilder text = new StringBuilder();
    JsonNode finish = ServerClient.JSON.nullNode();
    JsonNode usage = ServerClient.JSON.nullNode();
    for (String event : events.subList(0, events.size() - 1)) {
      JsonNode chunk = ServerClient.JSON.readTree(event);
      JsonNode choice = chunk.path("choices").path(0);
      text.append(choice.path("text").asText());
      finish = choice.path("finish_reason").isTextual() ? choice.path("finish_reason") : finish;
      usage = chunk.path("usage").isObject() ? chunk.path("usage") : usage;
    }
    unless(
        text.toString().equals(whole.path("text").asText()),
        "streamed the text is \"%s\", whole %s",
        text,
        whole.path("text"));
    unless(
        finish.equals(whole.path("finish_reason")),
        "streamed finish_reason is %s, whole %s",
        finish,
        whole.path("finish_reason"));
    unless(
        usage.path("completion_tokens").equals(reply.path("usage").path("completion_tokens")),
        "streamed usage is %s, whole %s",
        usage,
        reply.path("usage"));
  }

  private static List<String> events(CheckedModel model, ObjectNode request)
      throws IOException, InterruptedException {
    ServerClient.Reply reply = model.server().post("v1/completions", request);
    unless(reply.status() == 200, "a streamed request is answered with %d", reply.status());
    String type = reply.headers().firstValue("content-type").orElse("nothing");
    unless(type.startsWith("text/event-stream"), "the content type of a stream is %s", type);
    return reply
        .body()
        .lines()
        .filter(line -> line.startsWith(DATA))
        .map(line -> line.substring(DATA.length()))
        .toList();
  }

  private static void answersAChat(CheckedModel model) throws IOException, InterruptedException {
    if (!TokenizerChecks.info(model).path("chat_template").isTextual()) {
      throw new NotApplicable("the model has no chat template");
    }
    ObjectNode request = model.request().put("max_tokens", TOKENS).put("temperature", 0);
    request.putArray("messages").addObject().put("role", "user").put("content", "Who are you?");
    JsonNode choice = CheckedModel.onlyChoice(model.post("v1/chat/completions", request));
    JsonNode message = choice.path("message");
    unless(
        message.path("role").asText().equals("assistant") && message.path("content").isTextual(),
        "message is %s",
        CheckedModel.kind(message));
  }
}
