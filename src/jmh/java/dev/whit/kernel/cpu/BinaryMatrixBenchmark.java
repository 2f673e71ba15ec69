package dev.whit.kernel.cpu;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * One ±1 matrix of one panel times one or four vectors, one thread, tables already built; in the
 * second-level cache, or streaming from memory. Counters are in weights (times vectors) a second,
 * and bytes a second for the plain read.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class BinaryMatrixBenchmark {
  private static final int BLOCK = PackedSigns.BLOCK;

  /** Words of a row: 35 is a whole panel, 18 the rank of a LittleBit path of Llama-2-7B. */
  @Param({"35", "18"})
  public int words;

  /** Rows: 1024 stay in the cache, 2^21 do not. */
  @Param({"1024", "2097152"})
  public int rows;

  private final LookupKernel kernel = LookupKernel.preferred();
  private final WorkerTeam team = new WorkerTeam(1);
  private PackedSigns signs;
  private int[] tables;
  private float[] inputs;
  private float[] out;
  private MemoryRead read;

  /** What was done, so that rates come out in units of their own. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Counters {
    /** Weights times vectors. */
    public double weights;

    /** Bytes of weights. */
    public double bytes;
  }

  /** Makes the matrix and the tables. */
  @Setup(Level.Trial)
  public void setUp() {
    RandomLayers random = new RandomLayers(1);
    signs = PackedSigns.of(List.of(random.signs(rows, words * 30)), new SignMemory(), team);
    tables = new int[LookupKernel.TILE * words * kernel.tableSize()];
    inputs = random.values(words * 30);
    for (int i = 0; i < LookupKernel.TILE; i++) {
      kernel.buildTables(inputs, words, tables, i * words * kernel.tableSize());
    }
    out = new float[LookupKernel.TILE * rows];
    read = new MemoryRead(team, 4L * rows * words);
  }

  /** One vector. */
  @Benchmark
  public float[] decode(Counters counters) {
    kernel.multiply(signs.words(), signs.index(0, 0), words, rows / BLOCK, tables, out, 0);
    counters.weights += (double) rows * words * 30;
    counters.bytes += 4.0 * rows * words;
    return out;
  }

  /** Four vectors. */
  @Benchmark
  public float[] prefill(Counters counters) {
    kernel.multiplyTile(
        signs.words(), signs.index(0, 0), words, rows / BLOCK, tables, out, 0, rows);
    counters.weights += (double) LookupKernel.TILE * rows * words * 30;
    counters.bytes += 4.0 * rows * words;
    return out;
  }

  /** The tables of one vector; {@code weights} counts its inputs. */
  @Benchmark
  public int[] tables(Counters counters) {
    kernel.buildTables(inputs, words, tables, 0);
    counters.weights += 30.0 * words;
    return tables;
  }

  /** The memory's plain read bandwidth. */
  @Benchmark
  public long read(Counters counters) {
    counters.bytes += read.bytes();
    return read.run();
  }
}
