package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.experiment.remote.RemoteException.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RetryPolicyTest {
  private static Optional<Duration> delay(RemoteException failure, int retries) {
    return RetryPolicy.delay(failure, retries, new Random(1));
  }

  private static RemoteException status(int status, @Nullable String retryAfter) {
    return RemoteException.ofStatus(status, RetryPolicy.retryAfter(retryAfter));
  }

  @ParameterizedTest
  @EnumSource(value = Reason.class, names = "STATUS", mode = EnumSource.Mode.EXCLUDE)
  void onlyLostConnectionsAreTriedAgain(Reason reason) {
    assertThat(delay(new RemoteException(reason, "failed"), 0).isPresent())
        .isEqualTo(reason == Reason.CONNECT || reason == Reason.RESET);
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 503, 504})
  void passingFailuresAreTriedAgain(int status) {
    assertThat(delay(status(status, null), 0)).isPresent();
    assertThat(delay(status(status, "1"), 0)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 401, 403, 404, 429, 500, 501})
  void otherStatusesAreNot(int status) {
    assertThat(delay(status(status, null), 0)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0,true", "2,true", "3,false", "999999999,false", "soon,false", "-1,false"})
  void tooManyRequestsAreTriedAgainIfItIsSoon(String retryAfter, boolean again) {
    assertThat(delay(status(429, retryAfter), 0).isPresent()).isEqualTo(again);
    assertThat(delay(status(503, retryAfter), 0).isPresent()).isEqualTo(again);
  }

  @Test
  void notBeforeTheRemoteWants() {
    Duration delay = delay(status(429, "2"), 0).orElseThrow();
    assertThat(delay).isBetween(Duration.ofSeconds(2), Duration.ofMillis(2100));
  }

  @Test
  void delaysGrowAndAreBounded() {
    RemoteException failure = new RemoteException(Reason.RESET, "reset");
    assertThat(delay(failure, 0).orElseThrow())
        .isBetween(Duration.ofMillis(100), Duration.ofMillis(200));
    assertThat(delay(failure, 1).orElseThrow())
        .isBetween(Duration.ofMillis(200), Duration.ofMillis(400));
    assertThat(delay(failure, 2)).isEmpty();
  }

  @Test
  void callersReturnAtDifferentTimes() {
    RemoteException failure = new RemoteException(Reason.RESET, "reset");
    Random random = new Random(7);
    assertThat(RetryPolicy.delay(failure, 0, random))
        .isNotEqualTo(RetryPolicy.delay(failure, 0, random));
  }
}
