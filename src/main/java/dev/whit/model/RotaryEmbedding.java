package dev.whit.model;

import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Buffer;
import dev.whit.kernel.Kernels;

/**
 * The cos and sin rows of one step, computed once for all layers that rotate alike. Belongs to one
 * session: {@link #update} overwrites the rows.
 */
final class RotaryEmbedding {
  private final RopeConfig config;
  private final boolean perSequence;
  private final float attentionFactor;
  private final int half;

  /** Frequencies in use; those of one sequence where they depend on its length. */
  private final float[] inverseFrequencies;

  private final float[] hostCos;
  private final float[] hostSin;
  private final Buffer cos;
  private final Buffer sin;

  RotaryEmbedding(RopeConfig config, int maxTokens, Kernels kernels, Resources resources) {
    this.config = config;
    perSequence = RotaryFrequencies.dependOnLength(config.scaling());
    attentionFactor = RotaryFrequencies.attentionFactor(config.scaling());
    half = config.rotaryDim() / 2;
    inverseFrequencies = new float[half];
    RotaryFrequencies.compute(config, config.maxPositions(), inverseFrequencies);
    hostCos = new float[Math.multiplyExact(maxTokens, half)];
    hostSin = new float[hostCos.length];
    cos = resources.add(kernels.allocate(hostCos.length));
    sin = resources.add(kernels.allocate(hostSin.length));
  }

  /** Computes the rows of a step's tokens. */
  void update(ForwardBatch batch) {
    BatchLayout layout = batch.layout;
    for (int s = 0; s < layout.sequences; s++) {
      if (perSequence) {
        RotaryFrequencies.compute(config, batch.ropeLength[s], inverseFrequencies);
      }
      for (int row = layout.queryStart[s]; row < layout.queryStart[s + 1]; row++) {
        rotation(layout.positions[row], row * half);
      }
    }
    cos.write(hostCos, 0, 0, layout.tokens * half);
    sin.write(hostSin, 0, 0, layout.tokens * half);
  }

  private void rotation(int position, int offset) {
    for (int i = 0; i < half; i++) {
      // The product is rounded to f32 before cos and sin, as in transformers.
      float angle = position * inverseFrequencies[i];
      hostCos[offset + i] = (float) Math.cos(angle) * attentionFactor;
      hostSin[offset + i] = (float) Math.sin(angle) * attentionFactor;
    }
  }

  /** Rotates the first {@code heads} heads of each row in place. */
  void apply(Kernels kernels, Buffer x, int rows, int stride, int heads, int headDim) {
    kernels.rope(x, rows, stride, heads, headDim, config.rotaryDim(), cos, sin);
  }
}
