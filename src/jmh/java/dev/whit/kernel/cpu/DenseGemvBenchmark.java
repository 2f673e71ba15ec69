package dev.whit.kernel.cpu;

import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.FloatType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The output head of Llama-2-7B, 32000 × 4096, for {@code rows} tokens, from native memory; {@code
 * read} reads as many bytes plainly, with the same team: the floor.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class DenseGemvBenchmark {
  private static final int INPUTS = 4096;
  private static final int OUTPUTS = 32000;

  /** Element type of the weights. */
  @Param({"F16", "BF16"})
  public FloatType type;

  /** Worker threads; 0 is one for each processor. */
  @Param("0")
  public int threads;

  /** Tokens at once: 1 is decode. */
  @Param({"1", "32"})
  public int rows;

  private WorkerTeam team;
  private DenseProduct product;
  private Int8Product int8Product;
  private MappedDense weights;
  private Int8Rows int8Weights;
  private MemoryRead read;
  private float[] x;
  private float[] y;

  /** Makes the weights and checks some answers. */
  @Setup(Level.Trial)
  public void setUp() {
    team = new WorkerTeam(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    product = new DenseProduct(team);
    int8Product = new Int8Product(team);
    RandomLayers random = new RandomLayers(1);
    long size = (long) INPUTS * OUTPUTS;
    MemorySegment data = Arena.ofAuto().allocate(size * type.bytes(), 64);
    for (long i = 0; i < size; i++) {
      // Mantissa bits and the sign vary, the exponent is one of small weights in either type.
      short half = (short) ((i * 7919 & 0x807f) | (type == FloatType.F16 ? 0x2400 : 0x3c80));
      data.setAtIndex(ValueLayout.JAVA_SHORT, i, half);
    }
    DenseSpec spec = new DenseSpec(INPUTS, List.of(new DenseSpec.Block(OUTPUTS, type, data)), null);
    weights = new MappedDense(spec);
    int8Weights = Int8Rows.quantize(spec);
    read = new MemoryRead(team, data.byteSize());
    x = random.values(rows * INPUTS);
    y = new float[rows * OUTPUTS];
    product.apply(weights, x, rows, y, 0, OUTPUTS);
    check(data, 5e-6);
    int8Product.apply(int8Weights, x, rows, y, 0, OUTPUTS);
    check(data, 5e-2);
  }

  /** Checks some outputs of the first row against sums in double. */
  private void check(MemorySegment data, double tolerance) {
    for (int o = 0; o < OUTPUTS; o += 97) {
      double expected = 0;
      double norm = 0;
      for (int i = 0; i < INPUTS; i++) {
        double term = (double) type.get(data, (long) o * INPUTS + i) * x[i];
        expected += term;
        norm += term * term;
      }
      if (!(Math.abs(y[o] - expected) <= tolerance * Math.sqrt(norm))) {
        throw new IllegalStateException("output " + o + " is " + y[o] + ", not " + expected);
      }
    }
  }

  /** Ends the team. */
  @TearDown(Level.Trial)
  public void tearDown() {
    team.close();
  }

  /** One step of {@code rows} tokens. */
  @Benchmark
  public float[] head() {
    product.apply(weights, x, rows, y, 0, OUTPUTS);
    return y;
  }

  /** The same in int8, of half the bytes. */
  @Benchmark
  public float[] int8() {
    int8Product.apply(int8Weights, x, rows, y, 0, OUTPUTS);
    return y;
  }

  /** Reads as many bytes as the stored weights have. */
  @Benchmark
  public long read() {
    return read.run();
  }
}
