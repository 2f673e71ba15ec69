package dev.whit.load;

import java.util.List;

/**
 * What a run gave.
 *
 * @param seconds from the first request to the last answer
 * @param requests that were sent
 * @param completed those that were answered to the end
 * @param failures the others by kind, most frequent first
 * @param ttft time to the first piece of an answer
 * @param itl time from a piece to the next
 * @param tpot each answer's mean time of a token after its first
 * @param e2e time to the end of an answer
 * @param requestsPerSecond completed ones
 * @param outputTokensPerSecond of completed requests
 * @param promptTokensPerSecond of completed requests
 * @param cachedShare of their prompt tokens, those that the server had not to compute
 * @param goodput completed requests a second that keep to the objectives
 * @param goodShare of all that were sent, those that completed and keep to the objectives
 */
public record LoadReport(
    double seconds,
    int requests,
    int completed,
    List<Failures> failures,
    Percentiles ttft,
    Percentiles itl,
    Percentiles tpot,
    Percentiles e2e,
    double requestsPerSecond,
    double outputTokensPerSecond,
    double promptTokensPerSecond,
    double cachedShare,
    double goodput,
    double goodShare) {

  public LoadReport {
    failures = List.copyOf(failures);
  }

  /**
   * Failures of one kind.
   *
   * @param example what the first one said
   */
  public record Failures(String kind, int count, String example) {}
}
