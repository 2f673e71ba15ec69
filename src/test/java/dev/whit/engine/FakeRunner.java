package dev.whit.engine;

import dev.whit.engine.StepResult.SequenceResult;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * A model whose logits are a function of the whole history, which it keeps the way a real one does:
 * each token's state (a hash of the history up to it) is in the token's cache slot and is computed
 * from the state in the slot before. A block that is given away too early, or a token that is left
 * out, changes every token after it.
 */
final class FakeRunner implements ModelRunner {
  static final int VOCABULARY = 64;

  private final long[] cache;
  private final Sampler sampler = new Sampler(VOCABULARY);
  private final float[] row = new float[VOCABULARY];
  final List<SchedulerOutput> steps = new ArrayList<>();
  Consumer<SchedulerOutput> before = output -> {};
  Consumer<float[]> distort = logits -> {};
  IntFunction<String> salt = promptLength -> "";
  volatile boolean closed;

  FakeRunner(EngineConfig config) {
    cache = new long[config.blocks() * config.blockSize()];
  }

  @Override
  public StepResult step(SchedulerOutput output) {
    steps.add(output);
    before.accept(output);
    List<SequenceResult> results = new ArrayList<>();
    for (ScheduledChunk chunk : output.chunks()) {
      for (int position = chunk.start(); position < chunk.end(); position++) {
        compute(chunk.sequence(), position);
      }
    }
    for (ScheduledChunk chunk : output.chunks()) {
      HiddenStatePool pool = chunk.sequence().pool();
      results.add(pool == null ? sampler.sample(chunk, i -> logits(chunk, i)) : pool(chunk, pool));
    }
    return new StepResult(results);
  }

  @Override
  public String cacheSalt(int promptLength) {
    return salt.apply(promptLength);
  }

  private void compute(Sequence sequence, int position) {
    BlockTable table = sequence.blockTable();
    long before = position == 0 ? 1 : cache[table.slot(position - 1)];
    cache[table.slot(position)] = nextState(before, sequence.token(position));
  }

  private float[] logits(ScheduledChunk chunk, int index) {
    boolean scores = index < chunk.promptRows();
    int position = scores ? chunk.promptRowStart() + index : chunk.end() - 1;
    fill(cache[chunk.sequence().blockTable().slot(position)], row);
    distort.accept(row);
    return row;
  }

  /** Its logits are a token's last hidden state too. */
  private SequenceResult pool(ScheduledChunk chunk, HiddenStatePool pool) {
    for (int i = 0; i < chunk.promptRows(); i++) {
      pool.add(chunk.promptRowStart() + i, logits(chunk, i), 0, VOCABULARY);
    }
    return SequenceResult.pooled(chunk, pool);
  }

  /** Greedy continuation of a prompt, computed without any cache. */
  static List<Integer> greedy(int[] prompt, int count) {
    long state = 1;
    for (int token : prompt) {
      state = nextState(state, token);
    }
    List<Integer> tokens = new ArrayList<>();
    float[] logits = new float[VOCABULARY];
    for (int i = 0; i < count; i++) {
      fill(state, logits);
      int best = TokenChooser.argmax(logits);
      tokens.add(best);
      state = nextState(state, best);
    }
    return tokens;
  }

  private static long nextState(long state, int token) {
    return new SplittableRandom(state * 31 + token).nextLong();
  }

  private static void fill(long state, float[] logits) {
    SplittableRandom random = new SplittableRandom(state);
    for (int i = 0; i < logits.length; i++) {
      logits[i] = (float) random.nextDouble(-4, 4);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
