package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.experiment.remote.CircuitBreaker.Permit;
import dev.whit.experiment.remote.CircuitBreaker.State;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class CircuitBreakerTest {
  private static final Duration OPEN = Duration.ofSeconds(5);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1); // about to overflow
  private final CircuitBreaker breaker =
      new CircuitBreaker(new CircuitBreaker.Settings(3, 10, 0.5, OPEN), clock::get);

  private Permit acquire() {
    return Objects.requireNonNull(breaker.tryAcquire(), "refused");
  }

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      acquire().failed();
    }
  }

  @Test
  void opensAtConsecutiveFailures() {
    fail(2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.tryAcquire()).isNull();
  }

  @Test
  void opensAtAShareOfAFullWindow() {
    for (int i = 0; i < 4; i++) {
      acquire().failed();
      acquire().succeeded();
    }
    acquire().failed();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    acquire().succeeded();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void staysClosedBelowTheShare() {
    for (int i = 0; i < 100; i++) {
      acquire().failed();
      acquire().succeeded();
      acquire().succeeded();
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void letsOneProbeThroughAfterATime() {
    fail(3);
    clock.addAndGet(OPEN.toNanos() - 1);
    assertThat(breaker.tryAcquire()).isNull();
    clock.addAndGet(1);

    Permit probe = acquire();

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.tryAcquire()).isNull();
    probe.succeeded();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.tryAcquire()).isNotNull();
  }

  @Test
  void aProbeThatFailsOpensItAgain() {
    fail(3);
    clock.addAndGet(OPEN.toNanos());
    acquire().failed();
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    clock.addAndGet(OPEN.toNanos() - 1);
    assertThat(breaker.tryAcquire()).isNull();
  }

  @Test
  void aProbeThatBeginsToAnswerClosesItAndMayStillFail() {
    fail(3);
    clock.addAndGet(OPEN.toNanos());
    Permit probe = acquire();

    probe.answering();

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    probe.failed();
    fail(2);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void aProbeThatIsGivenUpMakesRoomForAnother() {
    fail(3);
    clock.addAndGet(OPEN.toNanos());
    acquire().abandoned();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    acquire().succeeded();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void aProbeOfWhichNothingIsHeardIsNotWaitedForForever() {
    fail(3);
    clock.addAndGet(OPEN.toNanos());
    Permit lost = acquire();
    clock.addAndGet(OPEN.toNanos());
    Permit second = acquire();
    lost.failed();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    second.succeeded();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void callsFromBeforeAChangeDoNotCount() {
    Permit[] earlier = {acquire(), acquire(), acquire()};
    fail(3);
    clock.addAndGet(OPEN.toNanos());
    acquire().succeeded();
    for (Permit permit : earlier) {
      permit.failed();
    }
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void onlyTheFirstOutcomeOfACallCounts() {
    Permit permit = acquire();
    permit.succeeded();
    for (int i = 0; i < 5; i++) {
      permit.failed();
    }
    Permit abandoned = acquire();
    abandoned.abandoned();
    abandoned.failed();
    fail(2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }
}
