package dev.whit.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SignMemoryTest {
  private static final int LINE = 16;
  private final SignMemory memory = new SignMemory();

  @Test
  void slicesBeginLinesAndDoNotOverlap() {
    Random random = new Random(1);
    List<SignMemory.Slice> slices = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int length = 1 + random.nextInt(200_000);
      SignMemory.Slice slice = memory.take(length);
      assertThat((slice.start() * Integer.BYTES + 16) % (LINE * Integer.BYTES)).isZero();
      slices.add(slice);
      lengths.add(length);
    }
    for (int i = 0; i < slices.size(); i++) {
      for (int k = 0; k < lengths.get(i); k++) {
        assertThat(slices.get(i).array()[slices.get(i).start() + k]++).isZero();
      }
    }
    long taken = lengths.stream().mapToLong(length -> length).sum();
    long held =
        slices.stream().map(SignMemory.Slice::array).distinct().mapToLong(a -> a.length).sum();
    assertThat(held).isBetween(taken, taken + (16 << 20) / Integer.BYTES);
  }

  @Test
  void aLargeFactorHasAnArrayOfItsOwn() {
    SignMemory.Slice before = memory.take(1);
    SignMemory.Slice large = memory.take(5_000_000);
    assertThat(large.array().length).isBetween(5_000_000, 5_000_100);
    assertThat(memory.take(1).array()).isSameAs(before.array());
  }

  @Test
  void aSmallFactorTakesWhatALargerOneHasLeft() {
    SignMemory.Slice first = memory.take(200_000);
    SignMemory.Slice second = memory.take(200_000);
    assertThat(second.array()).isNotSameAs(first.array());
    assertThat(memory.take(1000).array()).isSameAs(first.array());
  }

  @Test
  void refusesWhatFitsNoArray() {
    assertThatThrownBy(() -> memory.take(1L << 31))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a factor of 2147483648 words is too large for one array");
  }
}
