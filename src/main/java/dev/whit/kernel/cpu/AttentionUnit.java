package dev.whit.kernel.cpu;

import dev.whit.kernel.AttentionSpec;
import dev.whit.kernel.BatchLayout;

/**
 * One worker's unit of attention, one key/value head for a few adjacent rows of a sequence: which
 * query looks at which slots of which blocks. The arithmetic is {@link OnlineSoftmax}'s.
 *
 * <p>Query {@code i · group + g} is query head g of the head's group in row i of the unit. It
 * visits its keys in steps of a few blocks that begin at fixed positions, and sees of each only the
 * keys it may: what it computes does not depend on the rows beside it.
 */
final class AttentionUnit {
  private final OnlineSoftmax softmax = new OnlineSoftmax();

  private int window;
  private int headDim;
  private int group;
  private int blockSize;
  private int kvHead;

  /** First row and number of rows. */
  private int firstRow;

  private int rows;
  private int[] positions = {};

  /** Where each query begins in {@code qkv}. */
  private int[] offsets = {};

  /** Block ids of the sequence, from {@link #table}. */
  private int[] blockTable = {};

  private int table;

  /** Computes rows {@code start … end − 1} of a sequence; the rest as of the whole operation. */
  void run(
      AttentionSpec spec,
      float[] qkv,
      int stride,
      BatchLayout batch,
      HostKvStore cache,
      int layer,
      float[] out,
      int sequence,
      int start,
      int end,
      int kvHead) {
    window = spec.window();
    headDim = spec.headDim();
    group = spec.heads() / spec.kvHeads();
    blockSize = cache.shape().blockSize();
    this.kvHead = kvHead;
    firstRow = start;
    rows = end - start;
    positions = batch.positions;
    blockTable = batch.blockTable;
    table = sequence * batch.maxBlocks;
    softmax.begin(spec, blockSize, rows * group);
    locateQueries(firstRow * stride + kvHead * group * headDim, stride);
    int firstBlock = firstKey(0) / blockSize;
    int endBlock = positions[end - 1] / blockSize + 1;
    int stepBlocks = OnlineSoftmax.blocksPerStep(blockSize);
    for (int step = firstBlock / stepBlocks * stepBlocks; step < endBlock; step += stepBlocks) {
      int from = Math.max(step, firstBlock);
      int to = Math.min(step + stepBlocks, endBlock);
      score(cache, layer, step, from, to, qkv);
      weigh(step * blockSize, stepBlocks * blockSize);
      accumulate(cache, layer, step, from, to);
    }
    for (int q = 0; q < rows * group; q++) {
      int row = firstRow + q / group;
      softmax.finish(q, out, (row * spec.heads() + kvHead * group + q % group) * headDim);
    }
  }

  private void locateQueries(int first, int stride) {
    if (offsets.length < rows * group) {
      offsets = new int[rows * group];
    }
    for (int q = 0; q < rows * group; q++) {
      offsets[q] = first + q / group * stride + q % group * headDim;
    }
  }

  private void score(HostKvStore cache, int layer, int step, int from, int to, float[] qkv) {
    for (int b = from; b < to; b++) {
      softmax.load(cache.keys(layer), cache.runOf(blockTable[table + b], kvHead));
      int origin = b * blockSize;
      for (int i = 0, next; i < rows; i = next) {
        next = i + 1;
        if (first(i, origin) < last(i, origin, blockSize)) {
          while (next < rows && first(next, origin) < last(next, origin, blockSize)) {
            next++;
          }
          softmax.score(i * group, next * group, b - step, qkv, offsets);
        }
      }
    }
  }

  private void weigh(int origin, int slots) {
    for (int i = 0; i < rows; i++) {
      int from = first(i, origin);
      int to = last(i, origin, slots);
      for (int g = 0; from < to && g < group; g++) {
        softmax.weigh(i * group + g, from, to);
      }
    }
  }

  private void accumulate(HostKvStore cache, int layer, int step, int from, int to) {
    for (int b = from; b < to; b++) {
      softmax.load(cache.values(layer), cache.runOf(blockTable[table + b], kvHead));
      int origin = b * blockSize;
      for (int i = 0, next; i < rows; i = next) {
        next = i + 1;
        int first = first(i, origin);
        int last = last(i, origin, blockSize);
        if (first < last) {
          while (next < rows
              && first(next, origin) == first
              && last(next, origin, blockSize) == last) {
            next++;
          }
          softmax.accumulate(i * group, next * group, b - step, first, last);
        }
      }
    }
  }

  /** Position of the first key that row {@code i} sees. */
  private int firstKey(int i) {
    return window == 0 ? 0 : Math.max(0, positions[firstRow + i] - window + 1);
  }

  /** First slot that row {@code i} sees of those from position {@code origin}. */
  private int first(int i, int origin) {
    return Math.max(0, firstKey(i) - origin);
  }

  /**
   * One past the last slot that row {@code i} sees of {@code slots} from position {@code origin}.
   */
  private int last(int i, int origin, int slots) {
    return Math.min(slots, positions[firstRow + i] + 1 - origin);
  }
}
