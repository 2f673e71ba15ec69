package dev.whit.selfcheck;

import static dev.whit.selfcheck.ContractViolation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** What the harness needs to have texts scored: its log-likelihood tasks. */
final class ScoringChecks {
  static final List<Check> ALL =
      List.of(
          new Check(
              "a nested prompt of token ids has prompt + 1 entries, the first null",
              ScoringChecks::hasAnEntryForEachToken),
          new Check("no token is added to a prompt of token ids", ScoringChecks::addsNoToken),
          new Check(
              "a token's log-probability is the very number in top_logprobs",
              ScoringChecks::writesTheSameNumberTwice),
          new Check(
              "what the model chooses is greedy when it is scored",
              ScoringChecks::itsOwnChoiceIsGreedy),
          new Check("keys of top_logprobs do not collide", ScoringChecks::keysDoNotCollide),
          new Check(
              "the end-of-sequence token has an entry", ScoringChecks::theEndOfSequenceHasAnEntry),
          new Check(
              "prompts of one request are answered in order, as if alone",
              ScoringChecks::answersPromptsInOrder),
          new Check(
              "requests at the same time are answered as if alone",
              ScoringChecks::answersParallelRequests));

  private static final int PARALLEL = 8;

  private ScoringChecks() {}

  private static void hasAnEntryForEachToken(CheckedModel model)
      throws IOException, InterruptedException {
    int[] prompt = model.tokenize(CheckedModel.TEXT, true);
    JsonNode choice = CheckedModel.onlyChoice(model.complete(model.scoring(1, prompt)));
    ScoredText.of(choice, prompt.length);
    JsonNode index = choice.path("index");
    unless(index.isInt() && index.asInt() == 0, "index is %s", CheckedModel.kind(index));
    String text = choice.path("text").asText();
    unless(text.contains(CheckedModel.TEXT), "text is %s, without the prompt", choice.path("text"));
    int before = 0;
    for (JsonNode offset : choice.path("logprobs").path("text_offset")) {
      unless(
          offset.isInt() && offset.asInt() >= before,
          "text_offset has %s after %d",
          offset,
          before);
      before = offset.asInt();
    }
  }

  private static void addsNoToken(CheckedModel model) throws IOException, InterruptedException {
    int[] prompt = model.tokenize(CheckedModel.TEXT, false);
    JsonNode reply = model.complete(model.scoring(1, prompt));
    ScoredText.of(CheckedModel.onlyChoice(reply), prompt.length);
    JsonNode counted = reply.path("usage").path("prompt_tokens");
    unless(
        counted.asInt(-1) == prompt.length,
        "usage.prompt_tokens is %s for %d ids",
        CheckedModel.kind(counted),
        prompt.length);
  }

  private static void writesTheSameNumberTwice(CheckedModel model)
      throws IOException, InterruptedException {
    int[] prompt = model.tokenize(CheckedModel.TEXT, true);
    ScoredText scored = model.score(1, prompt);
    for (int i = 1; i <= prompt.length; i++) {
      double logprob = scored.logprobs().get(i);
      Map<String, Double> top = scored.alternatives().get(i);
      Double again = top.get(scored.tokens().get(i));
      unless(
          again != null && again == logprob,
          "token_logprobs[%d] is %s, top_logprobs[%d] has %s for %s",
          i,
          logprob,
          i,
          String.valueOf(again),
          scored.tokens().get(i));
    }
  }

  private static void itsOwnChoiceIsGreedy(CheckedModel model)
      throws IOException, InterruptedException {
    int[] prompt = model.tokenize(CheckedModel.TEXT, true);
    ObjectNode request = model.request().put("temperature", 0).put("max_tokens", 8);
    request.put("return_token_ids", true).set("prompt", array(prompt));
    JsonNode choice = CheckedModel.onlyChoice(model.complete(request));
    int[] answer = CheckedModel.ids(choice.path("token_ids"), "choices[0].token_ids");
    int[] both = Arrays.copyOf(prompt, prompt.length + answer.length);
    System.arraycopy(answer, 0, both, prompt.length, answer.length);
    ScoredText scored = model.score(1, both);
    for (int i = prompt.length; i <= both.length; i++) {
      unless(
          scored.isGreedy(i),
          "token_logprobs[%d] is %s, not the maximum of top_logprobs[%d], %s",
          i,
          scored.logprobs().get(i),
          i,
          scored.alternatives().get(i));
    }
  }

  private static ArrayNode array(int[] ids) {
    ArrayNode array = ServerClient.JSON.createArrayNode();
    for (int id : ids) {
      array.add(id);
    }
    return array;
  }

  /** The pieces of characters have no text of their own: most servers write U+FFFD for them all. */
  private static void keysDoNotCollide(CheckedModel model)
      throws IOException, InterruptedException {
    int[] prompt = model.tokenize(CheckedModel.PIECES, true);
    int wanted = 5;
    ScoredText scored = model.score(wanted, prompt);
    for (int i = 1; i <= prompt.length; i++) {
      Map<String, Double> top = scored.alternatives().get(i);
      unless(
          top.size() == wanted || top.size() == wanted + 1,
          "top_logprobs[%d] has %d keys of the %d that were asked for: %s",
          i,
          top.size(),
          wanted,
          top.keySet());
      Double own = top.get(scored.tokens().get(i));
      unless(
          own != null && own.equals(scored.logprobs().get(i)),
          "top_logprobs[%d] has another token's number under %s",
          i,
          scored.tokens().get(i));
    }
  }

  private static void theEndOfSequenceHasAnEntry(CheckedModel model)
      throws IOException, InterruptedException {
    String eos = TokenizerChecks.info(model).path("eos_token").asText();
    int[] id = model.tokenize(eos, false);
    unless(id.length == 1, "eos_token is tokenised to %s, one id was due", Arrays.toString(id));
    int[] prompt = model.tokenize(CheckedModel.TEXT, true);
    ObjectNode request = model.scoring(1, prompt);
    request.putObject("logit_bias").put(Integer.toString(id[0]), 100);
    JsonNode choice = CheckedModel.onlyChoice(model.complete(request));
    ScoredText.of(choice, prompt.length);
    unless(
        choice.path("finish_reason").asText().equals("stop"),
        "finish_reason is %s when logit_bias makes the model end",
        choice.path("finish_reason"));
  }

  private static void answersPromptsInOrder(CheckedModel model)
      throws IOException, InterruptedException {
    int[][] prompts = {
      model.tokenize(CheckedModel.TEXT, true),
      model.tokenize(CheckedModel.PIECES, true),
      model.tokenize(CheckedModel.TEXT + " " + CheckedModel.TEXT, true)
    };
    JsonNode choices = model.complete(model.scoring(1, prompts)).path("choices");
    unless(choices.size() == prompts.length, "choices has %d elements", choices.size());
    for (int i = 0; i < prompts.length; i++) {
      JsonNode choice = choices.get(i);
      unless(choice.path("index").asInt(-1) == i, "index %s is at %d", choice.path("index"), i);
      ScoredText together = ScoredText.of(choice, prompts[i].length);
      unless(
          together.equals(model.score(1, prompts[i])),
          "choices[%d] differs from the answer to its prompt alone",
          i);
    }
  }

  private static void answersParallelRequests(CheckedModel model)
      throws IOException, InterruptedException {
    int[] prompt = model.tokenize(CheckedModel.TEXT, true);
    ScoredText alone = model.score(1, prompt);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ScoredText>> answers =
          IntStream.range(0, PARALLEL)
              .mapToObj(i -> threads.submit(() -> model.score(1, prompt)))
              .toList();
      for (Future<ScoredText> answer : answers) {
        unless(result(answer).equals(alone), "one of %d answers differs from that alone", PARALLEL);
      }
    }
  }

  private static ScoredText result(Future<ScoredText> answer)
      throws IOException, InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case ContractViolation violation -> throw violation;
        case IOException failure -> throw failure;
        case null, default -> throw new IllegalStateException("asking a server", e);
      }
    }
  }
}
