package dev.whit.engine;

import dev.whit.backend.TokenScore;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one step gave.
 *
 * @param results one for each chunk of the {@link SchedulerOutput}, in its order
 */
public record StepResult(List<SequenceResult> results) {
  static final StepResult EMPTY = new StepResult(List.of());

  public StepResult {
    results = List.copyOf(results);
  }

  /** A step that failed for all its sequences alike. */
  static StepResult failed(int chunks, String message) {
    return new StepResult(Collections.nCopies(chunks, SequenceResult.failed(message)));
  }

  /** The results of several steps as those of one. */
  static StepResult joined(List<StepResult> parts) {
    return new StepResult(parts.stream().flatMap(part -> part.results().stream()).toList());
  }

  int sampledTokens() {
    return (int) results.stream().filter(SequenceResult::sampled).count();
  }

  /**
   * What it gave for one sequence.
   *
   * @param token the sampled token, {@link #NO_TOKEN} where the chunk samples none
   * @param score its score, when asked for
   * @param promptScores scores of the prompt tokens, one for each of the chunk's {@link
   *     ScheduledChunk#promptRows}
   * @param embedding the prompt's embedding, where the chunk completes one
   * @param failure why it failed, for logs; null if it did not
   */
  public record SequenceResult(
      int token,
      @Nullable TokenScore score,
      List<TokenScore> promptScores,
      float @Nullable [] embedding,
      @Nullable String failure) {

    /** No token was sampled. */
    public static final int NO_TOKEN = -1;

    public SequenceResult {
      promptScores = List.copyOf(promptScores);
    }

    /** Of a sequence whose embedding is not wanted. */
    public SequenceResult(
        int token,
        @Nullable TokenScore score,
        List<TokenScore> promptScores,
        @Nullable String failure) {
      this(token, score, promptScores, null, failure);
    }

    /** A sequence that fails alone. */
    public static SequenceResult failed(String message) {
      return new SequenceResult(NO_TOKEN, null, List.of(), message);
    }

    /**
     * A chunk whose rows have been pooled: the embedding, if it was the prompt's last. It fails
     * alone when a value is not finite.
     */
    public static SequenceResult pooled(ScheduledChunk chunk, HiddenStatePool pool) {
      float[] embedding = chunk.end() < chunk.sequence().promptLength() ? null : pool.mean();
      for (int i = 0; embedding != null && i < embedding.length; i++) {
        if (!Float.isFinite(embedding[i])) {
          return failed("value %d of the embedding is %s".formatted(i, embedding[i]));
        }
      }
      return new SequenceResult(NO_TOKEN, null, List.of(), embedding, null);
    }

    /** Whether there is a sampled token. */
    public boolean sampled() {
      return token != NO_TOKEN;
    }
  }
}
