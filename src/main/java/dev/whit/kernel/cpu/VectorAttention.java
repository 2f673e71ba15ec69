package dev.whit.kernel.cpu;

import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Attention over the paged cache. The unit of work is one key/value head for a few adjacent rows of
 * a sequence, so that a block is read (and widened from f16) once for all of their queries.
 *
 * <p>A query visits its keys block by block in order of position and sees of a block only the keys
 * it may: what it computes does not depend on the rows beside it, nor on who computes it.
 */
final class VectorAttention implements WorkerTeam.Task {
  /** Most rows of a unit. */
  private static final int TILE = 16;

  /** Multiply-adds below which one thread is done before the others have begun. */
  private static final long WORTH_SHARING = 1 << 18;

  private final WorkerTeam team;
  private final OnlineSoftmax[] workspaces;
  private final AtomicInteger nextUnit = new AtomicInteger();

  /** First row of each tile of rows, and its sequence. */
  private int[] tileRow = {};

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
    workspaces = new OnlineSoftmax[team.threads()];
    Arrays.setAll(workspaces, i -> new OnlineSoftmax());
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
    long products = tileRows(batch) * spec.heads() * spec.headDim() * 2;
    nextUnit.set(0);
    if (products >= WORTH_SHARING && tiles * spec.kvHeads() > 1) {
      team.run(this);
    } else {
      run(0, 1);
    }
  }

  /** Cuts the step's rows into tiles; returns the number of query and key pairs, at most. */
  private long tileRows(BatchLayout batch) {
    if (tileRow.length < batch.positions.length) {
      tileRow = new int[batch.positions.length];
      tileSequence = new int[batch.positions.length];
    }
    tiles = 0;
    long pairs = 0;
    for (int s = 0; s < batch.sequences; s++) {
      for (int row = batch.queryStart[s]; row < batch.queryStart[s + 1]; row += TILE) {
        tileRow[tiles] = row;
        tileSequence[tiles++] = s;
      }
      pairs += (long) (batch.queryStart[s + 1] - batch.queryStart[s]) * batch.contextLength[s];
    }
    return pairs;
  }

  /** Takes units until none is left: they cost too differently to be dealt out beforehand. */
  @Override
  public void run(int worker, int workers) {
    AttentionSpec currentSpec = Objects.requireNonNull(spec);
    BatchLayout currentBatch = Objects.requireNonNull(batch);
    HostKvStore currentCache = Objects.requireNonNull(cache);
    int units = tiles * currentSpec.kvHeads();
    OnlineSoftmax own = workspaces[worker];
    for (int unit = nextUnit.getAndIncrement(); unit < units; unit = nextUnit.getAndIncrement()) {
      int tile = unit / currentSpec.kvHeads();
      attend(
          currentSpec,
          currentBatch,
          currentCache,
          tileSequence[tile],
          tileRow[tile],
          unit % currentSpec.kvHeads(),
          own);
    }
  }

  /** Computes one key/value head for up to {@link #TILE} rows from {@code firstRow}. */
  private void attend(
      AttentionSpec spec,
      BatchLayout batch,
      HostKvStore cache,
      int sequence,
      int firstRow,
      int kvHead,
      OnlineSoftmax own) {
    int endRow = Math.min(firstRow + TILE, batch.queryStart[sequence + 1]);
    int blockSize = cache.shape().blockSize();
    int group = spec.heads() / spec.kvHeads();
    int firstQuery = kvHead * group * spec.headDim();
    own.begin(spec, blockSize, (endRow - firstRow) * group);
    int firstKey = firstKey(spec, batch.positions[firstRow]);
    int lastKey = batch.positions[endRow - 1];
    for (int b = firstKey / blockSize; b <= lastKey / blockSize; b++) {
      int block = batch.blockTable[sequence * batch.maxBlocks + b];
      own.load(cache, layer, block, kvHead);
      for (int row = firstRow; row < endRow; row++) {
        int position = batch.positions[row];
        int from = Math.max(0, firstKey(spec, position) - b * blockSize);
        int to = Math.min(blockSize, position + 1 - b * blockSize);
        for (int g = 0; from < to && g < group; g++) {
          int query = row * stride + firstQuery + g * spec.headDim();
          own.visit((row - firstRow) * group + g, qkv, query, from, to);
        }
      }
    }
    int width = spec.heads() * spec.headDim();
    for (int row = firstRow; row < endRow; row++) {
      for (int g = 0; g < group; g++) {
        own.finish(
            (row - firstRow) * group + g, out, row * width + firstQuery + g * spec.headDim());
      }
    }
  }

  /** Position of the first key that a query at {@code position} sees. */
  private static int firstKey(AttentionSpec spec, int position) {
    return spec.window() == 0 ? 0 : Math.max(0, position - spec.window() + 1);
  }
}
