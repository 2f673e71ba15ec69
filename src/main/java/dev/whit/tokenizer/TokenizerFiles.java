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
 * @param tokenizer the tokenizer
 * @param specialTokens texts of {@code bos_token}, {@code eos_token}, {@code pad_token}, {@code
 *     unk_token} (and {@code eot_token} in a GGUF), as far as the model names them
 * @param chatTemplate source of the chat template, or null
 */
public record TokenizerFiles(
    Tokenizer tokenizer, Map<String, String> specialTokens, @Nullable String chatTemplate) {

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

  /** Whether a directory has a file that {@link #load} would begin with. */
  public static boolean isThere(Path directory) {
    return Stream.of("tokenizer.json", "vocab.json", "tokenizer.model")
        .anyMatch(name -> Files.isRegularFile(directory.resolve(name)));
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
