package dev.whit.kernel.cpu;

import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Attention over the paged cache, cut into units that the team shares: one key/value head for a
 * tile of adjacent rows of a sequence, so that a block is read (and widened from f16) once for all
 * of their queries.
 */
final class VectorAttention implements WorkerTeam.Task {
  /** Most queries of a unit, unless one row has more: their state stays in the L1 cache. */
  private static final int QUERIES = 32;

  /** Multiply-adds below which one thread is done before the others have begun. */
  private static final long WORTH_SHARING = 1 << 18;

  private final WorkerTeam team;
  private final AttentionUnit[] units;
  private final AtomicInteger nextUnit = new AtomicInteger();

  /** First row of each tile, one past its last, and its sequence. */
  private int[] tileStart = {};

  private int[] tileEnd = {};
  private int[] tileSequence = {};
  private int tiles;

  private @Nullable AttentionSpec spec;
  private @Nullable BatchLayout batch;
  private @Nullable HostKvStore cache;
  private int layer;
  private float[] qkv = {};
  private int stride;
  private float[] out = {};

  VectorAttention(WorkerTeam team) {
    this.team = team;
    units = new AttentionUnit[team.threads()];
    Arrays.setAll(units, i -> new AttentionUnit());
  }

  /** The arguments are those of {@link dev.whit.kernel.Kernels#attention}. */
  void apply(
      AttentionSpec spec,
      float[] qkv,
      int stride,
      BatchLayout batch,
      HostKvStore cache,
      int layer,
      float[] out) {
    this.spec = spec;
    this.qkv = qkv;
    this.stride = stride;
    this.batch = batch;
    this.cache = cache;
    this.layer = layer;
    this.out = out;
    int tileRows = Math.max(1, QUERIES * spec.kvHeads() / spec.heads());
    long products = tile(batch, tileRows) * spec.heads() * spec.headDim() * 2;
    nextUnit.set(0);
    if (products >= WORTH_SHARING && tiles * spec.kvHeads() > 1) {
      team.run(this);
    } else {
      run(0, 1);
    }
  }

  /** Cuts the step's rows into tiles; returns the number of query and key pairs, at most. */
  private long tile(BatchLayout batch, int tileRows) {
    if (tileStart.length < batch.positions.length) {
      tileStart = new int[batch.positions.length];
      tileEnd = new int[batch.positions.length];
      tileSequence = new int[batch.positions.length];
    }
    tiles = 0;
    long pairs = 0;
    for (int s = 0; s < batch.sequences; s++) {
      int end = batch.queryStart[s + 1];
      for (int row = batch.queryStart[s]; row < end; row += tileRows) {
        tileStart[tiles] = row;
        tileEnd[tiles] = Math.min(row + tileRows, end);
        tileSequence[tiles++] = s;
      }
      pairs += (long) (end - batch.queryStart[s]) * batch.contextLength[s];
    }
    return pairs;
  }

  /** Takes units until none is left: they cost too differently to be dealt out beforehand. */
  @Override
  public void run(int worker, int workers) {
    AttentionSpec shape = Objects.requireNonNull(spec);
    BatchLayout layout = Objects.requireNonNull(batch);
    HostKvStore store = Objects.requireNonNull(cache);
    int count = tiles * shape.kvHeads();
    for (int next = nextUnit.getAndIncrement(); next < count; next = nextUnit.getAndIncrement()) {
      int tile = next / shape.kvHeads();
      units[worker].run(
          shape,
          qkv,
          stride,
          layout,
          store,
          layer,
          out,
          tileSequence[tile],
          tileStart[tile],
          tileEnd[tile],
          next % shape.kvHeads());
    }
  }
}
