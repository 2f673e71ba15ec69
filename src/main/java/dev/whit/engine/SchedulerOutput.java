package dev.whit.engine;

import java.util.List;

/**
 * What one step computes.
 *
 * @param chunks one for each sequence that takes part
 * @param lookups one for each sequence that begins and may find its first tokens in the cache
 */
public record SchedulerOutput(List<ScheduledChunk> chunks, List<PrefixLookup> lookups) {
  static final SchedulerOutput EMPTY = new SchedulerOutput(List.of(), List.of());

  public SchedulerOutput {
    chunks = List.copyOf(chunks);
    lookups = List.copyOf(lookups);
  }

  /** The same for each sequence alone. */
  List<SchedulerOutput> oneByOne() {
    return chunks.stream().map(chunk -> new SchedulerOutput(List.of(chunk), List.of())).toList();
  }

  /** Tokens computed in this step. */
  public int tokens() {
    return chunks.stream().mapToInt(ScheduledChunk::count).sum();
  }

  int promptTokens() {
    return chunks.stream().mapToInt(ScheduledChunk::promptTokens).sum();
  }

  int queriedTokens() {
    return lookups.stream().mapToInt(PrefixLookup::queriedTokens).sum();
  }

  int cachedTokens() {
    return lookups.stream().mapToInt(PrefixLookup::cachedTokens).sum();
  }
}
