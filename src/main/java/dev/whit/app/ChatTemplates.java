package dev.whit.app;

import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.ChatTemplateException;
import dev.whit.tokenizer.jinja.JinjaTemplate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The chat template of each model: the one of the settings, else the model's own. */
final class ChatTemplates {
  private static final Logger LOG = Logger.getLogger(ChatTemplates.class);
  private static final long MAX_BYTES = 4L << 20;

  private final @Nullable ChatTemplate replacement;

  private ChatTemplates(@Nullable ChatTemplate replacement) {
    this.replacement = replacement;
  }

  /**
   * With a template file that replaces the models' own.
   *
   * @throws BadFileException if it cannot be used
   */
  static ChatTemplates of(Optional<Path> file) {
    return new ChatTemplates(file.map(ChatTemplates::read).orElse(null));
  }

  /** The template of a model. One of its own that cannot be parsed costs it chat, not the start. */
  @Nullable ChatTemplate of(String model, @Nullable String source) {
    if (replacement != null || source == null) {
      return replacement;
    }
    try {
      return parse(source);
    } catch (ChatTemplateException e) {
      LOG.warnf("%s: no chat, its template cannot be used: %s", model, e.getMessage());
      return null;
    }
  }

  private static ChatTemplate read(Path file) {
    try {
      if (!Files.isRegularFile(file)) {
        throw new BadFileException(file, "no such file");
      }
      if (Files.size(file) > MAX_BYTES) {
        throw new BadFileException(file, "more than " + MAX_BYTES + " bytes");
      }
      return parse(Files.readString(file));
    } catch (ChatTemplateException e) {
      throw new BadFileException(file, "not a usable chat template: " + e.getMessage());
    } catch (IOException e) {
      throw new BadFileException(file, "cannot be read as UTF-8 text: " + e.getMessage());
    }
  }

  private static ChatTemplate parse(String source) {
    return JinjaTemplate.parse(source);
  }
}
