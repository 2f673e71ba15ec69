package dev.whit.model.loading;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the parts of a model are.
 *
 * @param weights checkpoint file, or directory of the checkpoint
 * @param config {@code config.json}
 * @param generationConfig {@code generation_config.json} beside it, if there is one
 * @param tokenizer directory of {@code tokenizer.json} and chat template
 */
public record ModelFiles(
    Path weights, Path config, Optional<Path> generationConfig, Path tokenizer) {}
