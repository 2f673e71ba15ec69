package dev.whit.engine;

import dev.whit.backend.GenerationRequest;
import dev.whit.backend.Pooling;
import dev.whit.backend.RequestLabel;
import dev.whit.backend.SamplingParams;
import dev.whit.backend.TokenConstraint;
import java.util.Random;
import java.util.Set;

/** Requests of tests. */
final class Requests {
  private Requests() {}

  /** Greedy, without scores. */
  static GenerationRequest greedy(int[] prompt, int maxTokens) {
    return sampled(prompt, maxTokens, SamplingParams.GREEDY);
  }

  static GenerationRequest sampled(int[] prompt, int maxTokens, SamplingParams sampling) {
    return new GenerationRequest("r", prompt, maxTokens, sampling, Set.of(), -1, -1);
  }

  static GenerationRequest urgent(int[] prompt, int maxTokens, int priority) {
    return of("", prompt, maxTokens, priority);
  }

  /** A caller's. */
  static GenerationRequest of(String caller, int[] prompt, int maxTokens, int priority) {
    return new GenerationRequest(
        "r",
        prompt,
        maxTokens,
        SamplingParams.GREEDY,
        Set.of(),
        -1,
        -1,
        priority,
        caller,
        "",
        RequestLabel.NONE,
        null,
        null,
        null);
  }

  /** With the three most likely alternatives for each token, of the prompt too. */
  static GenerationRequest scored(int[] prompt, int maxTokens, SamplingParams sampling) {
    return new GenerationRequest("r", prompt, maxTokens, sampling, Set.of(), 3, 3);
  }

  /** With the three most likely alternatives for each generated token. */
  static GenerationRequest logprobs(int[] prompt, int maxTokens, SamplingParams sampling) {
    return new GenerationRequest("r", prompt, maxTokens, sampling, Set.of(), 3, -1);
  }

  static GenerationRequest stoppingAt(int[] prompt, int maxTokens, Integer... stopTokens) {
    return new GenerationRequest(
        "r", prompt, maxTokens, SamplingParams.GREEDY, Set.of(stopTokens), -1, -1);
  }

  /** Greedy, with a salt for the prefix cache. */
  static GenerationRequest salted(int[] prompt, int maxTokens, String salt) {
    return new GenerationRequest(
        "r",
        prompt,
        maxTokens,
        SamplingParams.GREEDY,
        Set.of(),
        -1,
        -1,
        0,
        "",
        salt,
        RequestLabel.NONE,
        null,
        null,
        null);
  }

  static GenerationRequest embedding(int[] prompt, Pooling pooling) {
    return GenerationRequest.embedding("r", prompt, pooling, 0, GenerationRequest.NOBODY, "");
  }

  /** The same under a constraint. */
  static GenerationRequest constrained(GenerationRequest request, TokenConstraint constraint) {
    return new GenerationRequest(
        request.id(),
        request.prompt(),
        request.maxTokens(),
        request.sampling(),
        request.stopTokens(),
        request.topLogprobs(),
        request.promptLogprobs(),
        request.priority(),
        request.caller(),
        request.cacheSalt(),
        request.label(),
        constraint,
        request.pooling(),
        request.logits());
  }

  /** A random prompt. */
  static int[] prompt(Random random, int length, int vocabulary) {
    return random.ints(length, 0, vocabulary).toArray();
  }

  /** 0, 1, 2, … */
  static int[] prompt(int length) {
    int[] prompt = new int[length];
    for (int i = 0; i < length; i++) {
      prompt[i] = i;
    }
    return prompt;
  }
}
