package dev.whit.app;

import dev.whit.backend.Backend;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.SamplingParams;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Generates a token, for a model is ready only when it has really done so. */
final class WarmUp {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private WarmUp() {}

  /**
   * Has a backend generate one token after another, and returns when it has.
   *
   * @param model the model's files, for errors
   * @param token any token of the vocabulary
   * @throws BadFileException if it generates none, as from weights that overflow or are no numbers
   * @throws IllegalStateException if it does not end
   */
  static void run(Backend backend, Path model, int token) throws InterruptedException {
    int[] prompt = {token};
    CompletableFuture<GenerationEvent> end = new CompletableFuture<>();
    backend.submit(
        new GenerationRequest("warm-up", prompt, 1, SamplingParams.GREEDY, Set.of(), -1, -1),
        event -> {
          if (event.isLast()) {
            end.complete(event);
          }
        });
    try {
      GenerationEvent last = end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (last instanceof GenerationEvent.Failed(String reason)) {
        throw new BadFileException(model, "generates no token: " + reason);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the first generation did not end within " + LIMIT, e);
    }
  }
}
