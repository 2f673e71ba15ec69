package dev.whit.checkpoint;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;

/** Tensors of one or more files, mapped by one arena that it owns. */
final class MappedCheckpoint implements Checkpoint {
  private final Path source;
  private final List<Path> files;
  private final NavigableMap<String, Tensor> tensors;
  private final Arena arena;

  MappedCheckpoint(
      Path source, List<Path> files, NavigableMap<String, Tensor> tensors, Arena arena) {
    this.source = source;
    this.files = List.copyOf(files);
    this.tensors = tensors;
    this.arena = arena;
  }

  @Override
  public Path source() {
    return source;
  }

  @Override
  public List<Path> files() {
    return files;
  }

  @Override
  public SortedSet<String> names() {
    return Collections.unmodifiableSortedSet(tensors.navigableKeySet());
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public synchronized void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
