package dev.whit.kernel.cpu;

import dev.whit.kernel.BinaryFactorSpec;
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
 * All factorised linears of Llama-2-7B for {@code rows} tokens: 32 layers of q‖k‖v, o, gate‖up and
 * down, random LittleBit weights with the residual path (the harder shape: twice the streams, half
 * as long). Every layer has its own weights, so that they come from memory. {@code read} reads as
 * many bytes plainly, with the same team: the floor.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(value = 1, jvmArgsAppend = "-Xmx6g")
public class Llama7bTokenBenchmark {
  private static final int LAYERS = 32;
  private static final int HIDDEN = 4096;
  private static final int FEED_FORWARD = 11008;

  /** Effective bits per weight, scales counted. */
  @Param("0.55")
  public double bits;

  /** Worker threads; 0 is one for each processor. */
  @Param("0")
  public int threads;

  /** Tokens at once: 1 is decode. */
  @Param("1")
  public int rows;

  private final PackedFactors[] linears = new PackedFactors[4 * LAYERS];
  private WorkerTeam team;
  private BinaryFactorProduct product;
  private MemoryRead read;
  private float[] x;
  private float[] y;

  /** Makes the weights and checks one layer's answers. */
  @Setup(Level.Trial)
  public void setUp() {
    team = new WorkerTeam(threads > 0 ? threads : Runtime.getRuntime().availableProcessors());
    product = new BinaryFactorProduct(team);
    RandomLayers random = new RandomLayers(1);
    x = random.values(rows * FEED_FORWARD);
    y = new float[rows * 2 * FEED_FORWARD];
    BinaryFactorSpec[] layer = {
      random.littleBit(bits, HIDDEN, HIDDEN, HIDDEN, HIDDEN),
      random.littleBit(bits, HIDDEN, HIDDEN),
      random.littleBit(bits, HIDDEN, FEED_FORWARD, FEED_FORWARD),
      random.littleBit(bits, FEED_FORWARD, HIDDEN)
    };
    SignMemory memory = new SignMemory();
    long bytes = 0;
    for (int i = 0; i < linears.length; i++) {
      linears[i] = PackedFactors.of(layer[i % 4], memory, team); // its own copy of the same signs
      bytes += linears[i].residentBytes();
    }
    read = new MemoryRead(team, bytes);
    for (int i = 0; i < 4; i++) {
      product.apply(linears[i], x, rows, y, 0, linears[i].outputs());
      RandomLayers.check(layer[i], x, y);
    }
    System.out.printf("%d MB of weights%n", bytes / 1_000_000);
  }

  /** Ends the team. */
  @TearDown(Level.Trial)
  public void tearDown() {
    team.close();
  }

  /** One step of {@code rows} tokens. */
  @Benchmark
  public float[] token() {
    for (PackedFactors linear : linears) {
      product.apply(linear, x, rows, y, 0, linear.outputs());
    }
    return y;
  }

  /** Reads as many bytes as the weights have. */
  @Benchmark
  public long read() {
    return read.run();
  }
}
