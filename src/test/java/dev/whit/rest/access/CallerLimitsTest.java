package dev.whit.rest.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whit.rest.access.CallerLimits.LimitExceeded;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CallerLimitsTest {
  private final AtomicLong now = new AtomicLong();

  private CallerLimits limits(OptionalInt maxConcurrent, OptionalInt perMinute) {
    return new CallerLimits(maxConcurrent, perMinute, now::get);
  }

  @Test
  void noMoreRequestsOfACallerRunAtOnceThanItsLimit() {
    CallerLimits limits = limits(OptionalInt.of(2), OptionalInt.empty());
    Runnable first = limits.begin("a");
    limits.begin("a");

    assertThatThrownBy(() -> limits.begin("a"))
        .isInstanceOf(LimitExceeded.class)
        .hasMessage("this API key has 2 requests running, its limit is 2");
    limits.begin("b");

    first.run();
    first.run(); // does not end another one
    limits.begin("a");
    assertThatThrownBy(() -> limits.begin("a")).isInstanceOf(LimitExceeded.class);
  }

  @Test
  void noMoreRequestsOfACallerBeginInAMinuteThanItsLimit() {
    CallerLimits limits = limits(OptionalInt.empty(), OptionalInt.of(30));
    for (int i = 0; i < 30; i++) {
      limits.begin("a").run();
    }

    LimitExceeded over = catchThrowableOfType(LimitExceeded.class, () -> limits.begin("a"));
    assertThat(over.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    limits.begin("b");

    now.addAndGet(over.retryAfter().toNanos());
    limits.begin("a");
    assertThatThrownBy(() -> limits.begin("a")).isInstanceOf(LimitExceeded.class);
  }

  @Test
  void aCallerThatWasAwayDoesNotSaveUpMoreThanAMinute() {
    CallerLimits limits = limits(OptionalInt.empty(), OptionalInt.of(2));
    limits.begin("a");
    now.addAndGet(Duration.ofHours(1).toNanos());

    limits.begin("a");
    limits.begin("a");
    assertThatThrownBy(() -> limits.begin("a")).isInstanceOf(LimitExceeded.class);
  }

  @Test
  void aRequestThatIsRefusedTakesNothing() {
    CallerLimits limits = limits(OptionalInt.of(1), OptionalInt.of(2));
    Runnable first = limits.begin("a");
    assertThatThrownBy(() -> limits.begin("a")).hasMessageContaining("running");
    first.run();

    limits.begin("a").run();
    assertThatThrownBy(() -> limits.begin("a")).hasMessageContaining("a minute");
  }

  @Test
  void withoutLimitsAnythingGoes() {
    CallerLimits limits = limits(OptionalInt.empty(), OptionalInt.empty());
    for (int i = 0; i < 1000; i++) {
      limits.begin("a");
    }
  }
}
