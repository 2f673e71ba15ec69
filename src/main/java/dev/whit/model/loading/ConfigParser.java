package dev.whit.model.loading;

import dev.whit.model.ModelConfig;

/** Reads a family's {@code config.json}. */
@FunctionalInterface
interface ConfigParser {
  /**
   * The model it describes, checked.
   *
   * @throws dev.whit.checkpoint.CheckpointException for a value that cannot be, or a feature that
   *     changes the forward pass and is not supported, by name
   */
  ModelConfig parse(ConfigSection config, Family family);
}
