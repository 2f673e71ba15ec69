package dev.whit.tokenizer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a model says about text: its tokenizer, its special tokens and the source of its chat
 * template.
 *
 * @param file the file the tokenizer is in
 * @param tokenizer the tokenizer
 * @param specialTokens texts of {@code bos_token}, {@code eos_token}, {@code pad_token}, {@code
 *     unk_token}, as far as the model names them
 * @param chatTemplate source of the chat template, or null
 */
public record TokenizerFiles(
    Path file,
    Tokenizer tokenizer,
    Map<String, String> specialTokens,
    @Nullable String chatTemplate) {

  public TokenizerFiles {
    specialTokens = Map.copyOf(specialTokens);
  }

  /**
   * Reads the tokenizer of a model directory: {@code tokenizer.json}, else {@code vocab.json} with
   * {@code merges.txt}, else {@code tokenizer.model}. Settings and chat template beside it may be
   * absent.
   *
   * @throws TokenizerException if there is none or it cannot be used
   */
  public static TokenizerFiles load(Path directory) {
    TokenizerSettings settings = TokenizerSettings.read(directory);
    Path json = directory.resolve("tokenizer.json");
    if (Files.isRegularFile(json)) {
      return new TokenizerFiles(
          json,
          HuggingFaceTokenizer.load(json),
          settings.specialTokens(),
          ChatTemplateSource.of(directory, settings));
    }
    if (Files.isRegularFile(directory.resolve("vocab.json"))) {
      return VocabularyFiles.load(directory, settings);
    }
    if (Files.isRegularFile(directory.resolve("tokenizer.model"))) {
      return SentencePieceFiles.load(directory, settings);
    }
    tiktoken(directory)
        .ifPresent(file -> {
          throw new TokenizerException(
              file, "tiktoken vocabularies are not supported; put a tokenizer.json beside it");
        });
    throw new TokenizerException(
        directory,
        "no tokenizer in it: neither tokenizer.json nor vocab.json and merges.txt nor tokenizer.model");
  }

  /** A file in tiktoken's own naming (Qwen 1 has such a one). */
  private static Optional<Path> tiktoken(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".tiktoken")).sorted().findFirst();
    } catch (IOException e) {
      return Optional.empty(); // the message about what is missing says enough
    }
  }
}
