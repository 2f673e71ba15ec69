package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a user names as a model.
 *
 * @param target a model directory (configuration and one checkpoint), or a checkpoint file
 * @param base directory of the base model: where configuration and tokenizer are looked for when
 *     they are not beside the checkpoint
 */
public record ModelSource(Path target, @Nullable Path base) {
  private static final String CONFIG = "config.json";
  private static final List<String> CHECKPOINT_FILES =
      List.of(".pt", ".pth", ".bin", ".safetensors", ".gguf");
  private static final String GGUF = ".gguf";

  /** Any of them makes a directory the tokenizer's. */
  private static final List<String> TOKENIZERS =
      List.of("tokenizer.json", "vocab.json", "tokenizer.model");

  /**
   * Finds the files.
   *
   * @throws CheckpointException when target or base is not what it should be, or there is no
   *     configuration
   */
  public ModelFiles resolve() {
    if (base != null && !Files.isDirectory(base)) {
      throw CheckpointException.file(base, "base= must name a directory");
    }
    Path home = home();
    Optional<Path> gguf = gguf(home);
    if (gguf.isPresent()) {
      // Hugging Face's own file is exact; every other form beside a GGUF says less than it does.
      Path tokenizer = firstWith(home, List.of("tokenizer.json")).orElse(gguf.get());
      return new ModelFiles(gguf.get(), gguf.get(), Optional.empty(), tokenizer);
    }
    Path config =
        firstWith(home, List.of(CONFIG))
            .orElseThrow(() -> CheckpointException.file(home.resolve(CONFIG), missingConfig()))
            .resolve(CONFIG);
    Path generation = config.resolveSibling("generation_config.json");
    return new ModelFiles(
        target,
        config,
        Optional.of(generation).filter(Files::isRegularFile),
        firstWith(home, TOKENIZERS).orElse(home));
  }

  /** The directory of the checkpoint. */
  private Path home() {
    if (Files.isDirectory(target)) {
      return target;
    }
    if (!Files.isRegularFile(target)) {
      throw CheckpointException.file(target, "no such file or directory");
    }
    String name = target.getFileName().toString().toLowerCase(Locale.ROOT);
    if (CHECKPOINT_FILES.stream().noneMatch(name::endsWith)) {
      throw CheckpointException.file(
          target, "is neither a model directory nor a file of " + CHECKPOINT_FILES);
    }
    Path parent = target.toAbsolutePath().getParent();
    return parent == null ? target.toAbsolutePath() : parent;
  }

  /** The GGUF file that is meant: itself, or the only one of a directory without configuration. */
  private Optional<Path> gguf(Path home) {
    if (Files.isRegularFile(target)) {
      return Optional.of(target).filter(ModelSource::isGguf);
    }
    if (Files.isRegularFile(home.resolve(CONFIG))) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(home)) {
      List<Path> found = files.filter(ModelSource::isGguf).sorted().toList();
      if (found.size() > 1) {
        throw CheckpointException.file(home, "holds several models, name the one to use: " + found);
      }
      return found.stream().findFirst();
    } catch (IOException e) {
      throw CheckpointException.file(home, "cannot be listed: " + e, e);
    }
  }

  private static boolean isGguf(Path file) {
    return file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(GGUF);
  }

  private Optional<Path> firstWith(Path home, List<String> names) {
    return Stream.concat(Stream.of(home), Stream.ofNullable(base))
        .filter(directory ->
            names.stream().anyMatch(name -> Files.isRegularFile(directory.resolve(name))))
        .findFirst();
  }

  private String missingConfig() {
    return base == null
        ? "not found; name the base model's directory with base=DIR if it is there"
        : "not found, nor in base=" + base;
  }
}
