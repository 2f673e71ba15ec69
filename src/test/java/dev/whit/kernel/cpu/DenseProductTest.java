package dev.whit.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.FloatType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DenseProductTest {
  private static final float GUARD = 12345.5f;

  private final Random random = new Random(11);
  private final RandomFactors values = new RandomFactors(random);

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 15, 16, 17, 64, 384, 1023, 1024, 1025, 4097})
  void anyInputWidth(int inputs) {
    check(spec(inputs, false, block(33, inputs, FloatType.BF16)), 2, 2);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 5, 15, 16, 17, 144, 1000})
  void anyOutputHeight(int outputs) {
    check(spec(100, true, block(outputs, 100, FloatType.F16)), 3, 2);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "3,2", "4,1", "5,2", "16,2", "17,3", "40,2"})
  void anyNumberOfRowsAndThreads(int rows, int threads) {
    check(spec(1051, true, block(37, 1051, FloatType.F16)), rows, threads);
  }

  @ParameterizedTest
  @EnumSource(FloatType.class)
  void anyType(FloatType type) {
    check(spec(1051, true, block(37, 1051, type)), 6, 2);
  }

  @Test
  void stackedBlocksOfDifferentTypes() {
    check(
        spec(
            130,
            true,
            block(3, 130, FloatType.F32),
            block(18, 130, FloatType.F16),
            block(7, 130, FloatType.BF16)),
        5,
        3);
  }

  @ParameterizedTest
  @EnumSource(FloatType.class)
  void aRowDoesNotDependOnTheNumberOfRowsOrThreads(FloatType type) {
    DenseSpec spec = spec(1051, true, block(101, 1051, type));
    float[] x = values.values(40 * 1051, 1f);
    float[][] alone = new float[40][];
    for (int row = 0; row < 40; row++) {
      alone[row] = apply(spec, Arrays.copyOfRange(x, row * 1051, (row + 1) * 1051), 1, 1);
    }
    for (int threads = 1; threads <= 3; threads++) {
      for (int rows = 1; rows <= 40; rows++) {
        float[] y = apply(spec, x, rows, threads);
        for (int row = 0; row < rows; row++) {
          assertThat(Arrays.copyOfRange(y, row * 101, (row + 1) * 101))
              .as("row %d of %d, %d threads", row, rows, threads)
              .isEqualTo(alone[row]);
        }
      }
    }
  }

  /**
   * Every 16-bit pattern, subnormal numbers, infinities and NaNs among them, is widened exactly.
   */
  @ParameterizedTest
  @EnumSource(
      value = FloatType.class,
      names = {"F16", "BF16"})
  void everyHalfIsWidenedExactly(FloatType type) {
    short[] all = new short[1 << 16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (short) i;
    }
    MemorySegment data = MemorySegment.ofArray(all);
    DenseSpec spec = spec(1 << 8, false, new DenseSpec.Block(1 << 8, type, data));
    MappedDense weights = new MappedDense(spec);
    short[] halves = new short[1 << 8];
    float[] row = new float[1 << 8];
    for (int pass = 0; pass < 100; pass++) { // interpreted first, compiled later
      for (int r = 0; r < 1 << 8; r++) {
        weights.read(r, 0, row.length, halves, row, 0);
        for (int i = 0; i < row.length; i++) {
          float expected = type.get(data, r * 256L + i);
          assertThat(Float.floatToIntBits(row[i])).isEqualTo(Float.floatToIntBits(expected));
        }
      }
    }
  }

  @Test
  void weightsAndInputsThatAreNotFinite() {
    short[] halves = new short[3 * 40];
    halves[7] = Float.floatToFloat16(Float.POSITIVE_INFINITY);
    halves[40] = Float.floatToFloat16(Float.NaN);
    halves[80] = Float.floatToFloat16(1f);
    DenseSpec spec =
        spec(40, false, new DenseSpec.Block(3, FloatType.F16, MemorySegment.ofArray(halves)));
    float[] x = new float[2 * 40];
    Arrays.fill(x, 0, 40, 1f);
    x[40] = Float.NaN; // of the second row only
    assertThat(apply(spec, x, 2, 1))
        .containsExactly(Float.POSITIVE_INFINITY, Float.NaN, 1f, Float.NaN, Float.NaN, Float.NaN);
  }

  @Test
  void subnormalHalvesCount() {
    short[] halves = new short[32];
    Arrays.fill(halves, (short) 0x8001); // −2⁻²⁴
    DenseSpec spec =
        spec(32, false, new DenseSpec.Block(1, FloatType.F16, MemorySegment.ofArray(halves)));
    float[] x = new float[32];
    Arrays.fill(x, 1f);
    assertThat(apply(spec, x, 1, 1)).containsExactly(-0x1p-19f);
  }

  @Test
  void shapesThatDoNotFitAreRefused() {
    try (WorkerTeam team = new WorkerTeam(1)) {
      DenseProduct product = new DenseProduct(team);
      MappedDense w = new MappedDense(spec(5, false, block(17, 5, FloatType.F32)));
      assertThatThrownBy(() -> product.apply(w, new float[4], 1, new float[17], 0, 17))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> product.apply(w, new float[5], 1, new float[17], 1, 17))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @SuppressWarnings("NullAway") // does not see a compiled record's nullable array components
  private DenseSpec spec(int inputs, boolean bias, DenseSpec.Block... blocks) {
    int outputs = Arrays.stream(blocks).mapToInt(DenseSpec.Block::rows).sum();
    return new DenseSpec(inputs, List.of(blocks), bias ? values.values(outputs, 1f) : null);
  }

  /** A block of normal values in native memory, at an odd address as a file may have it. */
  private DenseSpec.Block block(int rows, int inputs, FloatType type) {
    long bytes = (long) rows * inputs * type.bytes();
    MemorySegment data = Arena.ofAuto().allocate(bytes + 1, 64).asSlice(1);
    for (long i = 0; i < (long) rows * inputs; i++) {
      float value = (float) random.nextGaussian();
      switch (type) {
        case F32 -> data.set(ValueLayout.JAVA_FLOAT_UNALIGNED, i * 4, value);
        case F16 -> data.set(ValueLayout.JAVA_SHORT_UNALIGNED, i * 2, Float.floatToFloat16(value));
        case BF16 ->
            data.set(
                ValueLayout.JAVA_SHORT_UNALIGNED,
                i * 2,
                (short) (Float.floatToIntBits(value) >>> 16));
      }
    }
    return new DenseSpec.Block(rows, type, data);
  }

  private static float[] apply(DenseSpec spec, float[] x, int rows, int threads) {
    try (WorkerTeam team = new WorkerTeam(threads)) {
      float[] y = new float[rows * spec.outputs()];
      new DenseProduct(team).apply(new MappedDense(spec), x, rows, y, 0, spec.outputs());
      return y;
    }
  }

  private void check(DenseSpec spec, int rows, int threads) {
    float[] x = values.values(rows * spec.inputs(), 1f);
    int offset = 3;
    int stride = spec.outputs() + 8;
    float[] y = new float[rows * stride + 5];
    Arrays.fill(y, GUARD);
    try (WorkerTeam team = new WorkerTeam(threads)) {
      new DenseProduct(team).apply(new MappedDense(spec), x, rows, y, offset, stride);
    }
    for (int i = 0; i < y.length; i++) {
      int row = i / stride;
      int column = i % stride - offset;
      if (row >= rows || column < 0 || column >= spec.outputs()) {
        assertThat(y[i]).as("guard %d", i).isEqualTo(GUARD);
      } else {
        assertClose(spec, x, row, column, y[i]);
      }
    }
  }

  private static void assertClose(DenseSpec spec, float[] x, int row, int output, float actual) {
    int block = 0;
    int inBlock = output;
    while (inBlock >= spec.blocks().get(block).rows()) {
      inBlock -= spec.blocks().get(block++).rows();
    }
    DenseSpec.Block w = spec.blocks().get(block);
    long firstWeight = (long) inBlock * spec.inputs();
    double[] terms =
        IntStream.range(0, spec.inputs())
            .mapToDouble(
                i -> (double) w.type().get(w.data(), firstWeight + i) * x[row * spec.inputs() + i])
            .toArray();
    float[] bias = spec.bias();
    double expected = Arrays.stream(terms).sum() + (bias == null ? 0 : bias[output]);
    double norm = Math.sqrt(Arrays.stream(terms).map(term -> term * term).sum());
    assertThat((double) actual)
        .as("row %d, output %d", row, output)
        .isCloseTo(expected, offset(2e-6 * (norm + Math.abs(expected)) + 1e-30));
  }
}
