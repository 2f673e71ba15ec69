package dev.whit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.kernel.cpu.ScalarKernels;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeviceTest {
  private final Device device = new Device(new ScalarKernels());

  @Test
  void turnsAreTakenInOrderOfAskingOneAtATime() throws Exception {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    device.turn(() -> {
      for (int i = 0; i < 4; i++) {
        int id = i;
        Thread thread = Thread.ofPlatform().start(() -> device.turn(() -> order.add(id)));
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait(); // it asks before the next one does
        }
        threads.add(thread);
      }
      assertThat(order).isEmpty();
      return null;
    });
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(order).containsExactly(0, 1, 2, 3);
  }

  @Test
  void aStepThatThrowsGivesItsTurnBack() throws Exception {
    assertThatThrownBy(() ->
            device.turn(() -> {
              throw new InternalError("lost");
            }))
        .isInstanceOf(InternalError.class);
    Thread other = Thread.ofPlatform().start(() -> device.turn(() -> "mine"));
    other.join();
    assertThat(device.turn(() -> "ours")).isEqualTo("ours");
  }
}
