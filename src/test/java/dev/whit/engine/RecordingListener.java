package dev.whit.engine;

import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationListener;
import dev.whit.backend.TokenScore;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Keeps the events of one generation. */
class RecordingListener implements GenerationListener {
  private final List<GenerationEvent> events = new CopyOnWriteArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);

  @Override
  public void onEvent(GenerationEvent event) {
    events.add(event);
    if (event.isLast()) {
      ended.countDown();
    }
  }

  List<GenerationEvent> events() {
    return events;
  }

  /** Waits for the last event and returns it. */
  GenerationEvent awaitLast() throws InterruptedException {
    if (!ended.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("no last event after 60 s, but " + events);
    }
    return events.getLast();
  }

  List<Integer> tokens() {
    return events.stream()
        .filter(GenerationEvent.Token.class::isInstance)
        .map(e -> ((GenerationEvent.Token) e).token())
        .toList();
  }

  /** Prompt tokens that came from the prefix cache. */
  int cachedTokens() {
    return events.stream()
        .filter(GenerationEvent.PromptCached.class::isInstance)
        .mapToInt(e -> ((GenerationEvent.PromptCached) e).tokens())
        .sum();
  }

  List<TokenScore> promptScores() {
    return events.stream()
        .filter(GenerationEvent.PromptScored.class::isInstance)
        .flatMap(e -> ((GenerationEvent.PromptScored) e).scores().stream())
        .toList();
  }

  /** The prompt's embedding, which must have come once. */
  float[] embedding() {
    List<float[]> all =
        events.stream()
            .filter(GenerationEvent.Embedded.class::isInstance)
            .map(e -> ((GenerationEvent.Embedded) e).vector())
            .toList();
    if (all.size() != 1) {
      throw new AssertionError(all.size() + " embeddings among " + events);
    }
    return all.getFirst();
  }

  /** Everything that must not depend on the batch, to the last bit, as text. */
  List<String> transcript() {
    return events.stream().flatMap(RecordingListener::lines).toList();
  }

  private static Stream<String> lines(GenerationEvent event) {
    return switch (event) {
      case GenerationEvent.PromptCached c -> Stream.empty();
      case GenerationEvent.PromptScored p -> p.scores().stream().map(s -> "prompt " + exact(s));
      case GenerationEvent.Embedded e -> Stream.of("embedding " + exact(e.vector()));
      case GenerationEvent.Token t ->
          Stream.of("token " + t.token() + (t.score() == null ? "" : " " + exact(t.score())));
      case GenerationEvent.Finished f -> Stream.of(f.toString());
      case GenerationEvent.Cancelled c -> Stream.of(c.toString());
      case GenerationEvent.Failed f -> Stream.of(f.toString());
    };
  }

  private static String exact(float[] vector) {
    StringBuilder text = new StringBuilder();
    for (float value : vector) {
      text.append(' ').append(Float.toHexString(value));
    }
    return text.toString();
  }

  private static String exact(TokenScore score) {
    StringBuilder text = new StringBuilder();
    text.append(score.token()).append('@').append(score.rank()).append(' ');
    text.append(Float.toHexString(score.logprob()));
    for (int i = 0; i < score.topTokens().length; i++) {
      text.append(' ').append(score.topTokens()[i]).append(':');
      text.append(Float.toHexString(score.topLogprobs()[i]));
    }
    return text.toString();
  }
}
