package dev.whit.tokenizer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A byte-level BPE tokenizer in the files of GPT-2's release: {@code vocab.json} and {@code
 * merges.txt}. All of OPT comes like that.
 */
final class VocabularyFiles {
  private static final long MAX_BYTES = 64L << 20;

  /** The first ids of a fairseq dictionary; of the families served here only OPT has one. */
  private static final List<String> FAIRSEQ = List.of("<s>", "<pad>", "</s>", "<unk>");

  /** Classes of transformers that use GPT-2's words; an empty one is none at all. */
  private static final Set<String> GPT_2_CLASSES =
      Set.of("", "GPT2Tokenizer", "PreTrainedTokenizer", "TokenizersBackend");

  private static final ObjectMapper JSON = new ObjectMapper();

  private VocabularyFiles() {}

  /**
   * Reads them.
   *
   * @throws TokenizerException if one is missing or cannot be used
   */
  static TokenizerFiles load(Path directory, TokenizerSettings settings) {
    Path file = directory.resolve("vocab.json");
    Map<String, Integer> vocabulary = vocabulary(file);
    boolean opt = isOpt(vocabulary);
    Map<String, String> special = settings.specialTokens();
    if (special.isEmpty()) {
      special = opt ? optTokens() : gpt2Tokens(vocabulary);
    }
    ByteLevelBpe bpe =
        new ByteLevelBpe(
            file,
            vocabulary,
            merges(directory.resolve("merges.txt")),
            words(directory, settings),
            settings.flag("add_prefix_space", false),
            settings.addedTokens(special.values(), vocabulary::containsKey),
            settings.flag("add_bos_token", opt) ? special.get("bos_token") : null,
            settings.flag("add_eos_token", false) ? special.get("eos_token") : null);
    return new TokenizerFiles(
        file,
        HuggingFaceTokenizer.parse(file, bpe.toJson()),
        special,
        ChatTemplateSource.of(directory, settings));
  }

  private static Map<String, Integer> vocabulary(Path file) {
    try {
      Map<String, Integer> vocabulary =
          JSON.readValue(
              TextFile.read(file, MAX_BYTES),
              new TypeReference<LinkedHashMap<String, @Nullable Integer>>() {});
      vocabulary.forEach((token, id) -> {
        if (id == null) {
          throw new TokenizerException(file, "token '" + token + "' has no id");
        }
      });
      return vocabulary;
    } catch (IOException e) {
      throw new TokenizerException(file, "not an object of tokens and their ids", e);
    }
  }

  private static List<String> merges(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new TokenizerException(file, "not found, and vocab.json is nothing without it");
    }
    return TextFile.decode(file, TextFile.read(file, MAX_BYTES))
        .lines()
        .filter(line -> !line.isEmpty() && !line.startsWith("#version"))
        .toList();
  }

  private static PreTokenizer words(Path directory, TokenizerSettings settings) {
    String name = settings.tokenizerClass().replaceFirst("Fast$", "");
    if (name.startsWith("Qwen2")) {
      return PreTokenizer.QWEN_2;
    }
    if (!GPT_2_CLASSES.contains(name)) {
      throw new TokenizerException(
          directory.resolve("tokenizer_config.json"),
          "tokenizer_class %s is not supported without a tokenizer.json".formatted(name));
    }
    return PreTokenizer.GPT_2;
  }

  private static boolean isOpt(Map<String, Integer> vocabulary) {
    for (int id = 0; id < FAIRSEQ.size(); id++) {
      Integer actual = vocabulary.get(FAIRSEQ.get(id));
      if (actual == null || actual != id) {
        return false;
      }
    }
    return true;
  }

  /** OPT begins and ends with the same token, and never uses the dictionary's begin. */
  private static Map<String, String> optTokens() {
    return Map.of(
        "bos_token", "</s>", "eos_token", "</s>", "unk_token", "</s>", "pad_token", "<pad>");
  }

  private static Map<String, String> gpt2Tokens(Map<String, Integer> vocabulary) {
    String end = "<|endoftext|>";
    return vocabulary.containsKey(end)
        ? Map.of("bos_token", end, "eos_token", end, "unk_token", end)
        : Map.of();
  }
}
