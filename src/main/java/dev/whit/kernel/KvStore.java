package dev.whit.kernel;

/**
 * The memory of a paged key/value cache. Which block belongs to whom is the engine's business; a
 * slot is {@code block * blockSize + offset}. Owned by the caller, who closes it.
 */
public interface KvStore extends AutoCloseable {
  /** The shape it was allocated with. */
  KvShape shape();

  @Override
  void close();
}
