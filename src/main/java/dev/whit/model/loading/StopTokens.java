package dev.whit.model.loading;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The end-of-sequence ids that a model's configuration files name. */
final class StopTokens {
  private static final String KEY = "eos_token_id";

  private StopTokens() {}

  /**
   * The union of {@code config.json}, its section on the language model and {@code
   * generation_config.json}; the family's own where none of them says. Ids ascend.
   */
  static Set<Integer> read(
      ConfigSection config, ConfigSection text, Optional<ConfigSection> generation) {
    List<ConfigSection> sections =
        Stream.concat(Stream.of(config, text), generation.stream())
            .filter(section -> section.mentions(KEY))
            .toList();
    Set<Integer> ids = new TreeSet<>();
    (sections.isEmpty() ? List.of(text) : sections)
        .forEach(section -> ids.addAll(section.tokenIds(KEY)));
    return ids;
  }
}
