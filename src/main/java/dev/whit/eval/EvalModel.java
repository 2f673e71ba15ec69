package dev.whit.eval;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import dev.whit.tokenizer.Tokenizer;

/** A loaded model that runs sequences, and the time that its steps have taken. */
final class EvalModel implements AutoCloseable {
  private final ModelSource source;
  private final Tokenizer tokenizer;
  private final LoadedModel model;
  private final SequenceRun run;
  private final float[] logits;
  private long nanos;
  private long tokens;

  /**
   * Loads a model.
   *
   * @param maxLength most tokens of a sequence
   * @throws dev.whit.checkpoint.CheckpointException when it cannot be loaded
   */
  EvalModel(
      EvalSpec.Model wanted,
      Kernels kernels,
      HeadType head,
      KvType kvType,
      int maxLength,
      int step) {
    source = wanted.source();
    tokenizer = wanted.tokenizer();
    model = ModelLoader.load(source, kernels, head, (ready, layers) -> {});
    try {
      run = new SequenceRun(model.decoder(), maxLength, step, kvType);
    } catch (Throwable e) {
      model.close();
      throw e;
    }
    logits = new float[Math.multiplyExact(run.maxLogitRows(), vocabSize())];
  }

  int vocabSize() {
    return model.config().vocabSize();
  }

  int maxLogitRows() {
    return run.maxLogitRows();
  }

  Tokenizer tokenizer() {
    return tokenizer;
  }

  void forward(int[] sequence, int start, int end, int wanted) {
    long began = System.nanoTime();
    run.forward(sequence, start, end, wanted);
    nanos += System.nanoTime() - began;
    tokens += end - start;
  }

  /** See {@link SequenceRun#logits}; the same array each time. */
  float[] logits(int first, int count) {
    long began = System.nanoTime();
    run.logits(first, count, logits);
    nanos += System.nanoTime() - began;
    return logits;
  }

  /** What the model is, and its speed so far. */
  EvalReport.Model figures() {
    return new EvalReport.Model(
        source.target().toString(),
        model.config().modelType(),
        model.summary().format(),
        model.summary().bitsPerWeight(),
        model.summary().bytes().total(),
        model.residentWeightBytes(),
        tokens == 0 ? 0 : tokens / (nanos * 1e-9));
  }

  @Override
  public void close() {
    try (model) {
      run.close();
    }
  }
}
