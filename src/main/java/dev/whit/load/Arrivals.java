package dev.whit.load;

/** When requests are sent. */
public sealed interface Arrivals {
  /** Each of so many clients sends its next request when it has the answer to the one before. */
  record Closed(int concurrency) implements Arrivals {}

  /**
   * Requests come by themselves, however many are unanswered: a Poisson process of this many a
   * second. Waiting for a slow server counts, as it would for real clients.
   */
  record Open(double perSecond) implements Arrivals {}
}
