package dev.whit.kernel.cpu;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes a step's keys and values to their slots of the cache. */
final class KvWriter extends RowOperation {
  private float[] qkv = {};
  private int[] slots = {};
  private int stride;
  private int keyOffset;
  private int valueOffset;
  private @Nullable HostKvStore cache;
  private int layer;

  KvWriter(WorkerTeam team) {
    super(team);
  }

  void apply(
      float[] qkv,
      int stride,
      int keyOffset,
      int valueOffset,
      int rows,
      int[] slots,
      HostKvStore cache,
      int layer) {
    this.qkv = qkv;
    this.stride = stride;
    this.keyOffset = keyOffset;
    this.valueOffset = valueOffset;
    this.slots = slots;
    this.cache = cache;
    this.layer = layer;
    runRows(rows, 2 * cache.shape().kvHeads() * cache.shape().headDim());
  }

  @Override
  void compute(int worker, int from, int to) {
    HostKvStore store = Objects.requireNonNull(cache);
    for (int row = from; row < to; row++) {
      store.put(layer, slots[row], qkv, row * stride + keyOffset, row * stride + valueOffset);
    }
  }
}
