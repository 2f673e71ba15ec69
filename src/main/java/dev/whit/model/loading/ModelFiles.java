package dev.whit.model.loading;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the parts of a model are.
 *
 * @param weights checkpoint file, or directory of the checkpoint
 * @param config {@code config.json}; a GGUF file is its own
 * @param generationConfig {@code generation_config.json} beside it, if there is one
 * @param tokenizer directory of tokenizer and chat template, or a GGUF file with both
 */
public record ModelFiles(
    Path weights, Path config, Optional<Path> generationConfig, Path tokenizer) {
  /** Whether the model is a GGUF file, which describes itself. */
  public boolean isGguf() {
    return weights.equals(config);
  }
}
