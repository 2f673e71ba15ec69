package dev.whit.api;

import dev.whit.backend.CancelCause;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The answers to one request while they are generated. One thread reads; any thread may say that
 * the client has gone. Closing gives up what is not finished.
 */
public final class TextStream implements AutoCloseable {
  /** Unread events of a generation after which its reader counts as too slow. */
  private static final int MAX_UNREAD_EVENTS = 16_384;

  private final ServedModel model;
  private final RequestOrigin origin;
  private final List<EncodedPrompt> prompts;
  private final GenerationOptions options;
  private final int choicesPerPrompt;
  private final List<ChoiceText> choices = new ArrayList<>();
  private final GenerationGroup generations;
  private int unfinished;
  private int cachedTokens;
  private OptionalLong firstTokenNanos = OptionalLong.empty();

  private TextStream(
      ServedModel model,
      RequestOrigin origin,
      List<EncodedPrompt> prompts,
      GenerationOptions options) {
    this.model = model;
    this.origin = origin;
    this.prompts = prompts;
    this.options = options;
    this.choicesPerPrompt = options.choices();
    this.unfinished = prompts.size() * choicesPerPrompt;
    this.generations = new GenerationGroup(model.backend(), origin, unfinished * MAX_UNREAD_EVENTS);
  }

  /**
   * Submits everything that a request asks for: all of it or nothing.
   *
   * @param origin where the request comes from
   * @param shape what the answers consist of
   * @throws ApiException.InvalidRequest if the options do not fit the model
   * @throws ApiException.Overloaded if the backend's queue is full
   * @throws ApiException.Unavailable if the backend takes no requests
   */
  static TextStream start(
      ServedModel model,
      RequestOrigin origin,
      List<EncodedPrompt> prompts,
      GenerationOptions options,
      ReplyShape shape) {
    options.requireVocabulary(model.backend().info().vocabularySize());
    TextStream stream = new TextStream(model, origin, prompts, options);
    try {
      stream.submit(options, shape);
    } catch (RuntimeException e) {
      stream.close();
      throw e;
    }
    return stream;
  }

  private void submit(GenerationOptions options, ReplyShape shape) {
    Set<Integer> all = stopTokens(options);
    Set<Integer> stopTokens = shape.constraint() == null ? all : model.constraints().ends(all);
    long seed = options.seed() == null ? ThreadLocalRandom.current().nextLong() : options.seed();
    for (EncodedPrompt prompt : prompts) {
      for (int i = 0; i < choicesPerPrompt; i++) {
        int choice = choices.size();
        choices.add(new ChoiceText(choice, model, prompt, options, shape, stopTokens));
        generations.submit(
            new GenerationRequest(
                origin.id(),
                prompt.ids(),
                prompt.maxTokens(),
                options.sampling(seed + i),
                stopTokens,
                options.logprobs(),
                prompt.echo() == null ? -1 : options.logprobs(),
                options.priority(),
                origin.caller(),
                options.cacheSalt(),
                origin.label(),
                shape.constraint(),
                null,
                null));
      }
    }
  }

  private Set<Integer> stopTokens(GenerationOptions options) {
    Set<Integer> all = new HashSet<>(options.stopTokens());
    if (!options.ignoreEos()) {
      all.addAll(model.stopTokens());
    }
    return all;
  }

  /** Name of the model. */
  public String model() {
    return model.name();
  }

  /** The request's id. */
  public String id() {
    return origin.id();
  }

  /** Token ids of the prompt that a choice answers. */
  public int[] promptIds(int choice) {
    return prompts.get(choice / choicesPerPrompt).ids();
  }

  /** Whether every answer is complete. */
  public boolean isFinished() {
    return unfinished == 0;
  }

  /** Tokens so far. */
  public Usage usage() {
    return new Usage(
        prompts.stream().mapToInt(prompt -> prompt.ids().length).sum(),
        cachedTokens,
        choices.stream().mapToInt(ChoiceText::generated).sum());
  }

  /** What was asked for. */
  public GenerationOptions options() {
    return options;
  }

  /** Why the choices ended that have, in their order. */
  public List<Finish> finishes() {
    return choices.stream().map(ChoiceText::finish).filter(Objects::nonNull).toList();
  }

  /** {@link System#nanoTime()} when the first token was read; empty until then. */
  public OptionalLong firstTokenNanos() {
    return firstTokenNanos;
  }

  /**
   * Waits for what comes next.
   *
   * @param patience how long to wait
   * @return null if nothing came within that time
   * @throws ApiException if the answer cannot be completed
   */
  public @Nullable TextDelta next(Duration patience) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      GenerationGroup.Arrival arrival = generations.poll(deadline - System.nanoTime());
      if (arrival == null) {
        return null;
      }
      TextDelta delta = accept(arrival) ? choices.get(arrival.generation()).take() : null;
      if (delta != null) {
        return delta;
      }
    }
  }

  /**
   * Waits for the end: all that {@link #next} would return, as one delta for each answer.
   *
   * @throws ApiException if the answer cannot be completed
   */
  public List<TextDelta> collect() throws InterruptedException {
    while (!isFinished()) {
      GenerationGroup.Arrival arrival = generations.poll(Long.MAX_VALUE);
      if (arrival != null) {
        accept(arrival);
      }
    }
    List<TextDelta> answers = new ArrayList<>();
    for (ChoiceText choice : choices) {
      TextDelta answer = choice.take();
      if (answer != null) {
        answers.add(answer);
      }
    }
    return answers;
  }

  /** Takes an event in; returns whether it belongs to an answer that was not complete. */
  private boolean accept(GenerationGroup.Arrival arrival) {
    GenerationEvent event = arrival.event();
    ChoiceText choice = choices.get(arrival.generation());
    if (event == null || choice.isFinished()) {
      return false;
    }
    switch (event) {
      case GenerationEvent.PromptCached(int tokens) -> {
        if (arrival.generation() % choicesPerPrompt == 0) { // each prompt counts once
          cachedTokens += tokens;
        }
      }
      case GenerationEvent.PromptScored(var scores) -> choice.promptScored(scores);
      case GenerationEvent.Embedded e -> throw new IllegalStateException("nobody asked for " + e);
      case GenerationEvent.Token(int token, var score) -> {
        if (firstTokenNanos.isEmpty()) {
          firstTokenNanos = OptionalLong.of(System.nanoTime());
        }
        choice.token(token, score);
        if (choice.isFinished()) {
          generations.cancel(arrival.generation(), CancelCause.STOP_STRING);
        }
      }
      case GenerationEvent.Finished(var reason) ->
          choice.finish(
              switch (reason) {
                case STOP -> Finish.STOP;
                case LENGTH -> Finish.LENGTH;
              });
      case GenerationEvent.Cancelled(var cause) -> throw GenerationGroup.failure(cause);
      case GenerationEvent.Failed(var message) -> throw new ApiException.GenerationFailed(message);
    }
    if (choice.isFinished()) {
      unfinished--;
    }
    return true;
  }

  /** The client went away: gives up what is not finished, from any thread. */
  public void clientGone() {
    generations.abandon(CancelCause.CLIENT_GONE);
  }

  /** The client does not read its answer: gives up what is not finished, from any thread. */
  public void readerTooSlow() {
    generations.abandon(CancelCause.SLOW_READER);
  }

  /** Gives up what is not finished. */
  @Override
  public void close() {
    if (!isFinished()) {
      generations.cancelAll(CancelCause.CLIENT_GONE);
    }
  }
}
