package dev.whit.model.loading;

import dev.whit.model.ModelConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Parses a {@code config.json} that a test writes. */
final class ConfigFixture {
  private ConfigFixture() {}

  /** A section of the text; ' stands for ". */
  static ConfigSection section(Path directory, String json) {
    Path file = directory.resolve("config.json");
    try {
      Files.writeString(file, json.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ConfigSection.read(file);
  }

  /** The model of a configuration with these members. */
  static ModelConfig parse(Path directory, String members) {
    ConfigSection section = section(directory, "{" + members + "}");
    Family family = Family.of(section);
    return family.parser().parse(family.section(section), family);
  }
}
