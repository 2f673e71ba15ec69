package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.whit.backend.BackendListener;
import dev.whit.backend.RejectedException;
import dev.whit.backend.RejectedException.Reason;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AdmissionTest {
  private static final EngineConfig CONFIG = new EngineConfig(2, 16, 4, 32, 64, 10, 1_000_000);
  private final Admission admission = new Admission(CONFIG);

  private static Sequence sequence() {
    return new Sequence(
        Requests.greedy(new int[] {1}, 1),
        event -> {},
        BackendListener.NONE,
        CONFIG,
        BlockHash.root(""),
        0);
  }

  private void fill() {
    for (int i = 0; i < 12; i++) {
      admission.enter(sequence());
    }
  }

  private RejectedException rejection() {
    return catchThrowableOfType(RejectedException.class, () -> admission.enter(sequence()));
  }

  @Test
  void handsArrivalsOverOnceAndInOrder() {
    Sequence first = sequence();
    Sequence second = sequence();
    admission.enter(first);
    admission.enter(second);
    assertThat(admission.hasArrivals()).isTrue();
    assertThat(admission.takeArrivals()).containsExactly(first, second);
    assertThat(admission.hasArrivals()).isFalse();
    assertThat(admission.takeArrivals()).isEmpty();
  }

  @Test
  void whatWasTakenCountsUntilItLeaves() {
    fill();
    admission.takeArrivals();
    assertThat(rejection().reason()).isEqualTo(Reason.QUEUE_FULL);
    admission.leave(sequence(), Duration.ofSeconds(1));
    admission.enter(sequence());
    assertThat(rejection().reason()).isEqualTo(Reason.QUEUE_FULL);
  }

  @Test
  void theTimeToComeBackIsThatOfTheQueueAtTheSpeedOfLate() {
    admission.enter(sequence());
    admission.leave(sequence(), Duration.ofSeconds(3));
    fill();
    // Ten wait, two at a time, three seconds each.
    assertThat(rejection().retryAfter()).isEqualTo(Duration.ofSeconds(15));
    admission.leave(sequence(), Duration.ofSeconds(11)); // the mean is now 4
    admission.enter(sequence());
    assertThat(rejection().retryAfter()).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void theTimeToComeBackHasBounds() {
    fill();
    assertThat(rejection().retryAfter()).isEqualTo(Duration.ofSeconds(1));
    admission.leave(sequence(), Duration.ofHours(1));
    admission.enter(sequence());
    assertThat(rejection().retryAfter()).isEqualTo(Duration.ofSeconds(60));
  }

  private static Sequence withTokens(int tokens) {
    return new Sequence(
        Requests.greedy(new int[tokens], 1),
        event -> {},
        BackendListener.NONE,
        CONFIG,
        BlockHash.root(""),
        0);
  }

  @Test
  void promptTokensAreBoundedToo() {
    EngineConfig config = new EngineConfig(2, 16, 4, 32, 64, 10, 100);
    Admission small = new Admission(config);
    Sequence first = withTokens(60);
    Sequence second = withTokens(20);
    small.enter(first);
    small.leave(first, Duration.ofSeconds(8));
    small.enter(first);
    small.enter(second);
    RejectedException rejection =
        catchThrowableOfType(RejectedException.class, () -> small.enter(withTokens(40)));
    assertThat(rejection.reason()).isEqualTo(Reason.QUEUE_FULL);
    assertThat(rejection)
        .hasMessageContaining("80")
        .hasMessageContaining("40")
        .hasMessageContaining("100");
    // 20 tokens of 80 must leave: half of one of two generations, two at a time, 8 seconds each.
    assertThat(rejection.retryAfter()).isEqualTo(Duration.ofSeconds(2));
    small.enter(withTokens(20));
    small.leave(first, Duration.ofSeconds(8));
    small.enter(withTokens(40));
  }

  @Test
  void aPromptAloneMayPassTheBound() {
    Admission small = new Admission(new EngineConfig(2, 16, 4, 32, 64, 10, 10));
    small.enter(withTokens(60));
    assertThat(catchThrowableOfType(RejectedException.class, () -> small.enter(withTokens(1))))
        .isNotNull();
  }

  private static Sequence of(String caller, int tokens) {
    return new Sequence(
        Requests.of(caller, new int[tokens], 1, 0),
        event -> {},
        BackendListener.NONE,
        CONFIG,
        BlockHash.root(""),
        0);
  }

  private static void assertRefused(Admission admission, Sequence sequence) {
    assertThat(catchThrowableOfType(RejectedException.class, () -> admission.enter(sequence)))
        .isNotNull();
  }

  @Test
  void whoFloodsTheQueueLeavesAPlaceForOthers() {
    fill();
    admission.enter(of("a", 1));
    assertRefused(admission, of("a", 1)); // its second
    admission.enter(of("b", 1));
    assertRefused(admission, of("c", 1)); // two run at once: no more than two are let in
    admission.leave(of("a", 1), Duration.ofSeconds(1));
    admission.enter(of("a", 1));
  }

  @Test
  void whoFloodsTheQueueWithTokensLeavesRoomForOthersContexts() {
    Admission small = new Admission(new EngineConfig(2, 16, 4, 32, 64, 10, 100));
    small.enter(of("flood", 60));
    small.enter(of("flood", 40));
    assertRefused(small, of("flood", 1));
    small.enter(of("a", 64));
    small.enter(of("b", 64));
    assertRefused(small, of("c", 1));
  }

  @Test
  void aClosedDoorStaysClosed() throws InterruptedException {
    admission.close();
    assertThat(rejection().reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(rejection().retryAfter()).isPositive();
    admission.awaitEmpty(Duration.ofSeconds(Long.MAX_VALUE)); // nobody is inside
  }
}
