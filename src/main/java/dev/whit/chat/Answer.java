package dev.whit.chat;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A complete answer.
 *
 * @param text what it says, without reasoning
 * @param finishReason why it ended, in the server's word
 * @param tokens tokens of the answer, as the server counts them
 * @param timeToFirstToken from the request, null if nothing came
 * @param generation from the first piece to the last
 */
public record Answer(
    String text,
    String finishReason,
    int tokens,
    @Nullable Duration timeToFirstToken,
    Duration generation) {

  /** The figures as a line. Speed is that of the tokens after the first. */
  String summary() {
    StringBuilder line = new StringBuilder().append(tokens).append(" tokens");
    if (timeToFirstToken != null) {
      line.append(format(", the first after %.0f ms", timeToFirstToken.toNanos() * 1e-6));
    }
    if (tokens > 1 && generation.isPositive()) {
      line.append(format(", then %.1f tokens/s", (tokens - 1) / (generation.toNanos() * 1e-9)));
    }
    return line.append(", ").append(finishReason).toString();
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }
}
