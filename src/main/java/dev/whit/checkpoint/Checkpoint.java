package dev.whit.checkpoint;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/**
 * The tensors of one checkpoint, whatever its container: one file, or the shards of a directory.
 * Everything its files claim has been validated when an instance exists. Safe for use by several
 * threads; closing unmaps the files.
 */
public interface Checkpoint extends AutoCloseable {
  /** The file, or the directory of the shards, for messages. */
  Path source();

  /** The files its tensors are read from. */
  default List<Path> files() {
    return List.of(source());
  }

  /** Names of all tensors. */
  SortedSet<String> names();

  /** The tensor of that name, if there is one. */
  Optional<Tensor> find(String name);

  @Override
  void close();
}
