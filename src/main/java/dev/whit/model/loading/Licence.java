package dev.whit.model.loading;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The licence that a checkpoint states, in its own words: in its configuration or a GGUF's
 * metadata, else in the front matter of its model card, as the Hugging Face Hub has it. Nothing
 * depends on it, so that a card that cannot be read is none.
 *
 * @see <a href="https://huggingface.co/docs/hub/model-cards#model-card-metadata">Model cards</a>
 */
final class Licence {
  private static final String KEY = "license";
  private static final String CARD = "README.md";
  private static final String FENCE = "---";

  /** Names of licences are short; longer texts are something else. */
  private static final int MAX_LENGTH = 100;

  private static final int MAX_CARD_BYTES = 1 << 16;

  private Licence() {}

  /** The licence of a model, null if it states none. */
  static @Nullable String of(ModelFiles files, ConfigSection config) {
    Optional<String> stated = config.string(KEY).flatMap(Licence::name);
    if (stated.isPresent() || files.isGguf()) {
      return stated.orElse(null);
    }
    Path weights = files.weights().toAbsolutePath();
    Path home = Files.isDirectory(weights) ? weights : weights.getParent();
    Path described = files.config().toAbsolutePath().getParent();
    return Stream.concat(Stream.ofNullable(home), Stream.ofNullable(described))
        .distinct()
        .flatMap(directory -> ofCard(directory.resolve(CARD)).stream())
        .findFirst()
        .orElse(null);
  }

  private static Optional<String> ofCard(Path card) {
    if (!Files.isRegularFile(card)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(card)) {
      return ofCard(new String(in.readNBytes(MAX_CARD_BYTES), StandardCharsets.UTF_8));
    } catch (IOException | YAMLException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> ofCard(String text) {
    List<String> lines = text.lines().map(String::stripTrailing).toList();
    int end = lines.subList(Math.min(1, lines.size()), lines.size()).indexOf(FENCE);
    if (end < 0 || !lines.getFirst().equals(FENCE)) {
      return Optional.empty();
    }
    LoaderOptions options = new LoaderOptions();
    options.setMaxAliasesForCollections(0);
    options.setNestingDepthLimit(16);
    Object matter =
        new Yaml(new SafeConstructor(options))
            .load(lines.subList(1, end + 1).stream().collect(Collectors.joining("\n")));
    if (!(matter instanceof Map<?, ?> fields)) {
      return Optional.empty();
    }
    Optional<String> licence = name(fields.get(KEY));
    // The Hub's word for a licence that it does not know; its name is beside it.
    return licence.filter("other"::equals).isPresent()
        ? name(fields.get("license_name")).or(() -> licence)
        : licence;
  }

  /** A value as the name of a licence, or of several. */
  private static Optional<String> name(@Nullable Object value) {
    if (value instanceof List<?> several && several.stream().allMatch(String.class::isInstance)) {
      return name(several.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    }
    return Optional.ofNullable(value)
        .filter(String.class::isInstance)
        .map(text -> ((String) text).strip())
        .filter(text -> !text.isEmpty() && text.length() <= MAX_LENGTH)
        .filter(text -> text.chars().noneMatch(Character::isISOControl));
  }
}
