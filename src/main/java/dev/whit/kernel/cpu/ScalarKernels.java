package dev.whit.kernel.cpu;

import dev.whit.kernel.Activation;
import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BinaryFactorWeights;
import dev.whit.kernel.BitMatrix;
import dev.whit.kernel.DenseSpec;
import dev.whit.kernel.DenseWeights;
import dev.whit.kernel.Int8Weights;
import dev.whit.kernel.SalientColumns;
import dev.whit.kernel.Weights;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every operation as its definition reads: the specification of the fast kernels, the oracle of
 * their tests, and what runs where the Vector API is missing. One thread; no tricks. Sums and
 * functions are evaluated in double and rounded to f32 where a value is stored, so that what an f32
 * kernel differs by is that kernel's own rounding.
 */
public final class ScalarKernels extends HostKernels {
  @Override
  public String description() {
    return "scalar (1 thread)";
  }

  @Override
  public BinaryFactorWeights prepare(BinaryFactorSpec spec) {
    return ScalarBinaryFactors.copyOf(spec);
  }

  @Override
  public DenseWeights prepare(DenseSpec spec) {
    return new ScalarDense(spec);
  }

  @Override
  void embed(DenseWeights table, int[] ids, int count, float scale, float[] out) {
    ScalarDense dense = dense(table);
    int width = dense.inputs();
    for (int t = 0; t < count; t++) {
      for (int i = 0; i < width; i++) {
        out[t * width + i] = scale * dense.element(ids[t], i);
      }
    }
  }

  @Override
  void addPositions(DenseWeights table, int[] positions, int offset, int count, float[] x) {
    ScalarDense dense = dense(table);
    int width = dense.inputs();
    for (int t = 0; t < count; t++) {
      for (int i = 0; i < width; i++) {
        x[t * width + i] += dense.element(positions[t] + offset, i);
      }
    }
  }

  @Override
  void rmsNorm(
      float[] x,
      float[] weight,
      float epsilon,
      int rows,
      int stride,
      int offset,
      int heads,
      int width,
      float[] out) {
    for (int r = 0; r < rows; r++) {
      for (int h = 0; h < heads; h++) {
        int first = r * stride + offset + h * width;
        double squares = 0;
        for (int i = first; i < first + width; i++) {
          squares += (double) x[i] * x[i];
        }
        double scale = 1 / Math.sqrt(squares / width + epsilon);
        for (int i = 0; i < width; i++) {
          out[first + i] = (float) (weight[i] * (x[first + i] * scale));
        }
      }
    }
  }

  @Override
  void layerNorm(
      float[] x, float[] weight, float[] bias, float epsilon, int rows, int width, float[] out) {
    for (int first = 0; first < rows * width; first += width) {
      double sum = 0;
      for (int i = first; i < first + width; i++) {
        sum += x[i];
      }
      double mean = sum / width;
      double squares = 0;
      for (int i = first; i < first + width; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
      }
      double scale = 1 / Math.sqrt(squares / width + epsilon);
      for (int i = 0; i < width; i++) {
        out[first + i] = (float) (weight[i] * ((x[first + i] - mean) * scale) + bias[i]);
      }
    }
  }

  @Override
  void linear(Weights weights, float[] x, int rows, float[] y, int yOffset, int yStride) {
    double[] sums = new double[weights.outputs()];
    for (int r = 0; r < rows; r++) {
      Arrays.fill(sums, 0);
      switch (weights) {
        case BinaryFactorWeights binary -> addBinary(factors(binary), x, r, sums);
        case DenseWeights dense -> addDense(dense(dense), x, r, sums);
        case Int8Weights int8 -> addInt8(rows(int8), x, r, sums);
      }
      for (int o = 0; o < sums.length; o++) {
        y[r * yStride + yOffset + o] = (float) sums[o];
      }
    }
  }

  private static void addBinary(ScalarBinaryFactors factors, float[] x, int row, double[] sums) {
    BinaryFactorSpec spec = factors.spec();
    for (BinaryFactorPath path : spec.paths()) {
      double[] scaled = new double[spec.inputs()];
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] = (double) path.pre()[i] * x[row * scaled.length + i];
      }
      double[] inner = multiply(path.v(), scaled);
      float[] mid = path.mid();
      if (mid != null) {
        for (int k = 0; k < inner.length; k++) {
          inner[k] *= mid[k];
        }
      }
      double[] outer = multiply(path.u(), inner);
      for (int o = 0; o < outer.length; o++) {
        sums[path.outOffset() + o] += path.post()[o] * outer[o];
      }
    }
    for (SalientColumns columns : spec.salient()) {
      int[] index = columns.index();
      ScalarDense kept =
          new ScalarDense(new DenseSpec(index.length, List.of(columns.weights()), null));
      for (int o = 0; o < columns.outputs(); o++) {
        for (int j = 0; j < index.length; j++) {
          sums[columns.outOffset() + o] +=
              (double) kept.element(o, j) * x[row * spec.inputs() + index[j]];
        }
      }
    }
    addBias(spec.bias(), sums);
  }

  private static double[] multiply(BitMatrix signs, double[] x) {
    double[] product = new double[signs.rows()];
    for (int r = 0; r < signs.rows(); r++) {
      for (int c = 0; c < signs.cols(); c++) {
        product[r] += signs.sign(r, c) * x[c];
      }
    }
    return product;
  }

  private static void addDense(ScalarDense dense, float[] x, int row, double[] sums) {
    for (int o = 0; o < sums.length; o++) {
      for (int i = 0; i < dense.inputs(); i++) {
        sums[o] += (double) dense.element(o, i) * x[row * dense.inputs() + i];
      }
    }
    addBias(dense.spec().bias(), sums);
  }

  private static void addInt8(Int8Rows weights, float[] x, int row, double[] sums) {
    for (int o = 0; o < sums.length; o++) {
      for (int i = 0; i < weights.inputs(); i++) {
        sums[o] += (double) weights.element(o, i) * x[row * weights.inputs() + i];
      }
      sums[o] *= weights.scale(o);
    }
    addBias(weights.bias(), sums);
  }

  private static void addBias(float @Nullable [] bias, double[] sums) {
    if (bias != null) {
      for (int o = 0; o < sums.length; o++) {
        sums[o] += bias[o];
      }
    }
  }

  @Override
  void rope(
      float[] x,
      int rows,
      int stride,
      int heads,
      int headDim,
      int rotaryDim,
      float[] cos,
      float[] sin) {
    int half = rotaryDim / 2;
    for (int r = 0; r < rows; r++) {
      for (int h = 0; h < heads; h++) {
        int first = r * stride + h * headDim;
        for (int i = 0; i < half; i++) {
          double c = cos[r * half + i];
          double s = sin[r * half + i];
          float a = x[first + i];
          float b = x[first + half + i];
          x[first + i] = (float) (a * c - b * s);
          x[first + half + i] = (float) (b * c + a * s);
        }
      }
    }
  }

  @Override
  void storeKv(
      float[] qkv,
      int stride,
      int keyOffset,
      int valueOffset,
      BatchLayout batch,
      HostKvStore cache,
      int layer) {
    for (int t = 0; t < batch.tokens; t++) {
      cache.put(layer, batch.slots[t], qkv, t * stride + keyOffset, t * stride + valueOffset);
    }
  }

  @Override
  void attention(
      AttentionSpec spec,
      float[] qkv,
      int stride,
      BatchLayout batch,
      HostKvStore cache,
      int layer,
      float[] out) {
    int headDim = spec.headDim();
    int group = spec.heads() / spec.kvHeads();
    for (int s = 0; s < batch.sequences; s++) {
      for (int row = batch.queryStart[s]; row < batch.queryStart[s + 1]; row++) {
        int last = batch.positions[row];
        int first = spec.window() == 0 ? 0 : Math.max(0, last - spec.window() + 1);
        int[] slots = slots(batch, s, first, last, cache.shape().blockSize());
        for (int h = 0; h < spec.heads(); h++) {
          int query = row * stride + h * headDim;
          double[] weights = new double[slots.length];
          for (int k = 0; k < slots.length; k++) {
            double dot = 0;
            for (int d = 0; d < headDim; d++) {
              dot += (double) qkv[query + d] * cache.key(layer, slots[k], h / group, d);
            }
            weights[k] = capped(dot * spec.scale(), spec.softCap());
          }
          softmax(weights);
          for (int d = 0; d < headDim; d++) {
            double sum = 0;
            for (int k = 0; k < slots.length; k++) {
              sum += weights[k] * cache.value(layer, slots[k], h / group, d);
            }
            out[(row * spec.heads() + h) * headDim + d] = (float) sum;
          }
        }
      }
    }
  }

  /** Cache slots of the positions {@code first … last} of a sequence. */
  private static int[] slots(BatchLayout batch, int sequence, int first, int last, int blockSize) {
    int[] slots = new int[last - first + 1];
    for (int k = first; k <= last; k++) {
      int block = batch.blockTable[sequence * batch.maxBlocks + k / blockSize];
      slots[k - first] = block * blockSize + k % blockSize;
    }
    return slots;
  }

  private static double capped(double score, float cap) {
    return cap == 0 ? score : cap * Math.tanh(score / cap);
  }

  private static void softmax(double[] scores) {
    double max = Arrays.stream(scores).max().orElseThrow();
    double sum = 0;
    for (int k = 0; k < scores.length; k++) {
      scores[k] = Math.exp(scores[k] - max);
      sum += scores[k];
    }
    for (int k = 0; k < scores.length; k++) {
      scores[k] /= sum;
    }
  }

  @Override
  void gatedActivation(Activation f, float[] gateUp, int rows, int width, float[] out) {
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        float gate = gateUp[2 * r * width + i];
        float up = gateUp[2 * r * width + width + i];
        out[r * width + i] = (float) (ScalarActivation.apply(f, gate) * up);
      }
    }
  }

  @Override
  void activation(Activation f, float[] x, int rows, int width) {
    for (int i = 0; i < rows * width; i++) {
      x[i] = (float) ScalarActivation.apply(f, x[i]);
    }
  }

  @Override
  void softCap(float[] x, float cap, int rows, int width) {
    for (int i = 0; i < rows * width; i++) {
      x[i] = (float) capped(x[i], cap);
    }
  }

  @Override
  void add(float[] x, float[] y, int length) {
    for (int i = 0; i < length; i++) {
      x[i] += y[i];
    }
  }

  private static ScalarBinaryFactors factors(BinaryFactorWeights weights) {
    if (weights instanceof ScalarBinaryFactors factors) {
      return factors;
    }
    throw foreign();
  }

  private static ScalarDense dense(DenseWeights weights) {
    if (weights instanceof ScalarDense dense) {
      return dense;
    }
    throw foreign();
  }

  @Override
  public void close() {}
}
