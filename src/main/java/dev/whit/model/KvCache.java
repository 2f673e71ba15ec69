package dev.whit.model;

import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvStore;

/**
 * The paged keys and values of all layers. Which block belongs to whom is the engine's business.
 * Owned by whoever had it allocated.
 */
public final class KvCache implements AutoCloseable {
  private final KvStore store;

  KvCache(KvStore store) {
    this.store = store;
  }

  KvStore store() {
    return store;
  }

  /** Its shape. */
  public KvShape shape() {
    return store.shape();
  }

  /** Number of blocks; their ids are 0 to one less. */
  public int blocks() {
    return shape().blocks();
  }

  /** Tokens in a block. */
  public int blockSize() {
    return shape().blockSize();
  }

  @Override
  public void close() {
    store.close();
  }
}
