package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a model directory keeps the source of its chat template: {@code chat_template.jinja}, else
 * {@code chat_template} of {@code tokenizer_config.json}, else of {@code chat_template.json} (as
 * multimodal models have it).
 */
final class ChatTemplateSource {
  private ChatTemplateSource() {}

  /**
   * The source, or null when there is none.
   *
   * @throws TokenizerException if a file that should have it cannot be read
   */
  static @Nullable String of(Path directory, TokenizerSettings settings) {
    Path file = directory.resolve("chat_template.jinja");
    if (Files.isRegularFile(file)) {
      return TextFile.decode(file, TextFile.read(file, TokenizerSettings.MAX_BYTES));
    }
    String own = text(settings.chatTemplate());
    return own != null
        ? own
        : text(
            TokenizerSettings.json(directory.resolve("chat_template.json")).path("chat_template"));
  }

  /** A text, or of several named ones the one called "default". */
  private static @Nullable String text(JsonNode setting) {
    if (setting.isTextual()) {
      return setting.textValue();
    }
    for (JsonNode named : setting) {
      JsonNode template = named.path("template");
      if (named.path("name").asText().equals("default") && template.isTextual()) {
        return template.textValue();
      }
    }
    return null;
  }
}
