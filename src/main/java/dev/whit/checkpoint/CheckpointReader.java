package dev.whit.checkpoint;

import dev.whit.checkpoint.gguf.GgufReader;
import dev.whit.checkpoint.safetensors.SafetensorsReader;
import dev.whit.checkpoint.torch.TorchZipReader;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Opens files as checkpoints: finds out which files, maps them, has each parsed by the reader of
 * its container, and joins their tensors under unique names.
 */
public final class CheckpointReader {
  private CheckpointReader() {}

  /**
   * Opens a checkpoint.
   *
   * @param target a safetensors, torch zip or GGUF file, told apart by content, or a directory with
   *     one, whole or in shards
   * @return the tensors of all its files, every claim of the files checked
   * @throws CheckpointException when anything about the files is wrong; nothing stays mapped
   */
  public static Checkpoint open(Path target) {
    List<Path> files = Files.isDirectory(target) ? CheckpointFiles.in(target) : List.of(target);
    // Shared, for the threads that load and compute are not the one that opens.
    Arena arena = Arena.ofShared();
    try {
      return new MappedCheckpoint(target, files, readAll(files, arena), arena);
    } catch (Throwable t) {
      arena.close();
      throw t;
    }
  }

  private static NavigableMap<String, Tensor> readAll(List<Path> files, Arena arena) {
    NavigableMap<String, Tensor> tensors = new TreeMap<>();
    for (Path path : files) {
      for (Tensor tensor : read(MappedFile.map(path, arena))) {
        Tensor other = tensors.putIfAbsent(tensor.name(), tensor);
        if (other != null) {
          throw CheckpointException.tensor(
              path, tensor.name(), "is also in " + other.file().getFileName());
        }
      }
    }
    return tensors;
  }

  /** The tensors of one file, in a container told by its content. */
  static List<Tensor> read(MappedFile file) {
    return switch (FileSignature.of(file)) {
      case SAFETENSORS -> SafetensorsReader.read(file);
      case TORCH_ZIP -> TorchZipReader.read(file);
      case GGUF -> GgufReader.read(file).tensors();
    };
  }
}
