package dev.whit.model.loading;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The end-of-sequence ids that a model's configuration files name. */
final class StopTokens {
  private static final String KEY = "eos_token_id";

  private StopTokens() {}

  /** The union of {@code config.json} and {@code generation_config.json}; ids ascend. */
  static Set<Integer> read(
      ConfigSection config, Optional<ConfigSection> generation, ClassDefaults defaults) {
    Set<Integer> ids = new TreeSet<>(config.tokenIds(KEY));
    generation.ifPresent(section -> ids.addAll(section.tokenIds(KEY)));
    boolean mentioned =
        config.mentions(KEY) || generation.filter(section -> section.mentions(KEY)).isPresent();
    if (!mentioned) {
      ids.add(config.assume(KEY, defaults.eosTokenId()));
    }
    return ids;
  }
}
