package dev.whit.checkpoint;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;

/** Bytes that the readers take for a mapped file. */
public final class InMemoryFile {
  private InMemoryFile() {}

  public static MappedFile of(byte[] bytes) {
    return new MappedFile(Path.of("models", "file"), MemorySegment.ofArray(bytes).asReadOnly());
  }
}
