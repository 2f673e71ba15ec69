package dev.whit.load;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a request went. */
public sealed interface Outcome {
  /**
   * The whole answer came.
   *
   * @param ttft from when it was due to the first piece of the answer, null if there was none
   * @param gaps between a piece and the next
   * @param e2e from when it was due to the end
   * @param promptTokens of the prompt, as the server counts them, 0 if it does not
   * @param cachedTokens those that it had not to compute
   * @param outputTokens of the answer, as the server counts them, else its pieces
   */
  record Answered(
      @Nullable Duration ttft,
      List<Duration> gaps,
      Duration e2e,
      int promptTokens,
      int cachedTokens,
      int outputTokens)
      implements Outcome {
    public Answered {
      gaps = List.copyOf(gaps);
    }

    /** Mean time of a token after the first, null if there was none. */
    @Nullable Duration tpot() {
      if (ttft == null || outputTokens < 2) {
        return null;
      }
      Duration decoding = gaps.stream().reduce(Duration.ZERO, Duration::plus);
      return decoding.dividedBy(outputTokens - 1L);
    }
  }

  /**
   * It did not.
   *
   * @param kind what failures are counted by: "http 429", "timeout", …
   * @param message what was said about it
   */
  record Failed(String kind, String message) implements Outcome {}
}
