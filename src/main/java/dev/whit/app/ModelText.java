package dev.whit.app;

import dev.whit.tokenizer.TokenizerFiles;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a model says about text, whichever form it is in. */
public final class ModelText {
  private ModelText() {}

  /**
   * Reads it.
   *
   * @param source a directory, or a GGUF file
   * @throws dev.whit.tokenizer.TokenizerException if there is no tokenizer, or it cannot be used
   */
  public static TokenizerFiles of(Path source) {
    return Files.isDirectory(source) ? TokenizerFiles.load(source) : GgufText.tokenizer(source);
  }
}
