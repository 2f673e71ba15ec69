package dev.whit.checkpoint;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Decides which files of a model directory hold its tensors. Well-known names come first, in the
 * order in which Hugging Face's own loaders look for them; a directory without one is unambiguous
 * only with a single file of one kind, packed forms before plain safetensors.
 */
final class CheckpointFiles {
  private static final String INDEX = ".index.json";

  private CheckpointFiles() {}

  /**
   * The files of a directory, at least one.
   *
   * @throws CheckpointException when there is none, or no way to tell
   */
  static List<Path> in(Path directory) {
    return wellKnown(directory, "model.safetensors")
        .or(() -> wellKnown(directory, "pytorch_model.bin"))
        .or(() -> wellKnown(directory, "model_state.pt"))
        .or(() -> only(directory, ".pt", ".pth"))
        .or(() -> only(directory, ".gguf"))
        .or(() -> only(directory, ".safetensors"))
        .orElseThrow(() ->
            CheckpointException.file(
                directory,
                "holds no checkpoint: no model.safetensors, pytorch_model.bin, index of"
                    + " shards, model_state.pt, or other .pt or .safetensors file"));
  }

  /**
   * A file of that name or the shards of its index. Where both are there, the shards count if the
   * file is one of them; else the whole file beats what an earlier save in pieces left behind.
   */
  private static Optional<List<Path>> wellKnown(Path directory, String name) {
    Path whole = directory.resolve(name);
    Path index = directory.resolve(name + INDEX);
    if (Files.exists(index)) {
      List<Path> shards = ShardIndex.files(index);
      return Optional.of(Files.exists(whole) && !shards.contains(whole) ? List.of(whole) : shards);
    }
    return Files.exists(whole) ? Optional.of(List.of(whole)) : Optional.empty();
  }

  private static Optional<List<Path>> only(Path directory, String... extensions) {
    List<Path> found;
    try (Stream<Path> files = Files.list(directory)) {
      found =
          files
              .filter(file -> Stream.of(extensions).anyMatch(file.toString()::endsWith))
              .filter(Files::isRegularFile)
              .sorted()
              .toList();
    } catch (IOException | UncheckedIOException e) {
      throw CheckpointException.file(directory, "cannot be listed: " + e.getMessage(), e);
    }
    if (found.size() > 1) {
      List<Path> names = found.stream().map(Path::getFileName).toList();
      throw CheckpointException.file(
          directory, "holds several checkpoints, name the one to use: " + names);
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found);
  }
}
