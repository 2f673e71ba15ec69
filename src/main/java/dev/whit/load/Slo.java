package dev.whit.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an answer must keep to for being a good one; what is null is not asked for. Goodput as in
 * Zhong et al., "DistServe", OSDI 2024.
 *
 * @param ttft from sending to the first piece of the answer
 * @param tpot mean time of a token after the first
 * @param e2e from sending to the end
 */
public record Slo(@Nullable Duration ttft, @Nullable Duration tpot, @Nullable Duration e2e) {
  /** Every answer is good. */
  public static final Slo NONE = new Slo(null, null, null);

  boolean isMetBy(Outcome.Answered answer) {
    return within(answer.ttft(), ttft) && within(answer.tpot(), tpot) && within(answer.e2e(), e2e);
  }

  private static boolean within(@Nullable Duration value, @Nullable Duration limit) {
    return limit == null || value == null || value.compareTo(limit) <= 0;
  }

  /** For people: {@code ttft 500 ms, tpot 50 ms}; empty if nothing is asked for. */
  public String describe() {
    List<String> parts = new ArrayList<>();
    add(parts, "ttft", ttft);
    add(parts, "tpot", tpot);
    add(parts, "e2e", e2e);
    return String.join(", ", parts);
  }

  private static void add(List<String> parts, String name, @Nullable Duration limit) {
    if (limit != null) {
      parts.add("%s %d ms".formatted(name, limit.toMillis()));
    }
  }
}
