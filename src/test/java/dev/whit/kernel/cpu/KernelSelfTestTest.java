package dev.whit.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.cpu.KernelSelfTest.Case;
import dev.whit.kernel.cpu.KernelSelfTest.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KernelSelfTestTest {
  private static final long PATIENCE = Duration.ofMillis(50).toNanos();

  private final List<String> lines = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Buffer right = buffer(1);

  private static Buffer buffer(float value) {
    Buffer buffer = new HostBuffer(1);
    buffer.write(new float[] {value}, 0, 0, 1);
    return buffer;
  }

  private static void sleep(Duration length) {
    long end = System.nanoTime() + length.toNanos();
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private void check(Operation plain, Operation tested) {
    new KernelSelfTest(lines::add, warnings::add, PATIENCE)
        .check(List.of(new Case("matter", plain, tested)));
  }

  @Test
  void theKernelsHereAreRight() {
    KernelSelfTest.run(lines::add, warnings::add);

    assertThat(lines)
        .singleElement()
        .asString()
        .contains("factors, one row", "factors, many rows", "attention, many rows");
    assertThat(warnings).noneMatch(line -> line.contains("wrong"));
  }

  @Test
  void aSlowKernelIsNamed() {
    check(new Operation(() -> {}, right), new Operation(() -> sleep(Duration.ofMillis(20)), right));

    assertThat(warnings)
        .singleElement()
        .asString()
        .contains("the kernel of matter is slow", "after 50 ms");
  }

  @Test
  void aWrongKernelIsNamed() {
    check(
        new Operation(() -> sleep(Duration.ofMillis(20)), right),
        new Operation(() -> {}, buffer(1.5f)));

    assertThat(warnings).singleElement().asString().contains("matter is wrong here", "0.5");
  }

  @Test
  void whatIsNoNumberIsWrong() {
    check(
        new Operation(() -> sleep(Duration.ofMillis(20)), right),
        new Operation(() -> {}, buffer(Float.NaN)));

    assertThat(warnings).singleElement().asString().contains("wrong");
  }

  @Test
  void aFastKernelThatIsRightWarnsOfNothing() {
    check(new Operation(() -> sleep(Duration.ofMillis(20)), right), new Operation(() -> {}, right));

    assertThat(warnings).isEmpty();
    assertThat(lines).singleElement().asString().contains("matter");
  }
}
