package dev.whit.kernel.cpu;

import dev.whit.kernel.Activation;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The small operations of one decode step at the widths of Llama-2-7B, on the calling thread. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class RowOperationsBenchmark {
  private static final int HIDDEN = 4096;
  private static final int INTERMEDIATE = 11008;

  @Param({"vector", "scalar"})
  String implementation;

  private Kernels kernels;
  private Buffer x;
  private Buffer weight;
  private Buffer out;
  private Buffer gateUp;
  private Buffer activated;
  private Buffer angles;

  @Setup
  public void open() {
    kernels = implementation.equals("vector") ? new VectorKernels(1) : new ScalarKernels();
    x = random(HIDDEN);
    weight = random(HIDDEN);
    out = random(HIDDEN);
    gateUp = random(2 * INTERMEDIATE);
    activated = random(INTERMEDIATE);
    angles = random(64);
  }

  private Buffer random(int length) {
    float[] values = new float[length];
    Random random = new Random(length);
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    Buffer buffer = kernels.allocate(length);
    buffer.write(values, 0, 0, length);
    return buffer;
  }

  @TearDown
  public void close() {
    kernels.close();
  }

  @Benchmark
  public void rmsNorm() {
    kernels.rmsNorm(x, weight, 1e-5f, 1, HIDDEN, out);
  }

  @Benchmark
  public void silu() {
    kernels.gatedActivation(Activation.SILU, gateUp, 1, INTERMEDIATE, activated);
  }

  @Benchmark
  public void gelu() {
    kernels.gatedActivation(Activation.GELU, gateUp, 1, INTERMEDIATE, activated);
  }

  @Benchmark
  public void rope() {
    kernels.rope(out, 1, HIDDEN, 32, 128, 128, angles, angles);
  }

  @Benchmark
  public void add() {
    kernels.add(out, x, HIDDEN);
  }
}
