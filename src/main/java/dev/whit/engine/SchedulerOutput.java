package dev.whit.engine;

import java.util.List;

/**
 * What one step computes.
 *
 * @param chunks one for each sequence that takes part
 */
public record SchedulerOutput(List<ScheduledChunk> chunks) {
  static final SchedulerOutput EMPTY = new SchedulerOutput(List.of());

  public SchedulerOutput {
    chunks = List.copyOf(chunks);
  }

  /** Tokens computed in this step. */
  public int tokens() {
    return chunks.stream().mapToInt(ScheduledChunk::count).sum();
  }

  int promptTokens() {
    return chunks.stream().mapToInt(ScheduledChunk::promptTokens).sum();
  }
}
