package dev.whit.tokenizer;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A SentencePiece tokenizer in its own file, {@code tokenizer.model}. */
final class SentencePieceFiles {
  /** Gemma's, the largest real one, is under 5 MB. */
  private static final long MAX_BYTES = 32L << 20;

  private SentencePieceFiles() {}

  /**
   * Reads it.
   *
   * @throws TokenizerException if it cannot be used
   */
  static TokenizerFiles load(Path directory, TokenizerSettings settings) {
    Path file = directory.resolve("tokenizer.model");
    SentencePieceModel model = SentencePieceModel.parse(file, TextFile.read(file, MAX_BYTES));
    Set<String> texts =
        model.pieces().stream()
            .map(SentencePiece::text)
            .collect(Collectors.toCollection(HashSet::new));
    Map<String, String> special = settings.specialTokens();
    if (special.isEmpty()) {
      special = ownTokens(model);
    }
    List<AddedToken> added = settings.addedTokens(special.values(), texts::contains);
    SentencePieceBpe bpe =
        new SentencePieceBpe(
            file,
            model.pieces(),
            new SentencePieceBpe.Normalization(
                settings.flag("add_prefix_space", model.addDummyPrefix()),
                settings.flag("legacy", true),
                model.removeExtraWhitespaces(),
                model.escapeWhitespaces()),
            added,
            normalized(model, settings, added),
            model.unknown(),
            settings.flag("add_bos_token", true) ? special.get("bos_token") : null,
            settings.flag("add_eos_token", false) ? special.get("eos_token") : null);
    return new TokenizerFiles(
        file,
        HuggingFaceTokenizer.parse(file, bpe.toJson()),
        special,
        ChatTemplateSource.of(directory, settings));
  }

  private static Map<String, String> ownTokens(SentencePieceModel model) {
    Map<String, String> special = new LinkedHashMap<>();
    name(special, "bos_token", model.text(model.begin()));
    name(special, "eos_token", model.text(model.end()));
    name(special, "unk_token", model.text(model.unknown()));
    name(special, "pad_token", model.text(model.padding()));
    return special;
  }

  private static void name(Map<String, String> special, String name, @Nullable String text) {
    if (text != null) {
      special.put(name, text);
    }
  }

  /**
   * Which tokens are looked for in the normalised text. Settings say so of each; where there are
   * none it is as with Llama 2, who has the begin of sequence and the unknown token there. The end
   * of sequence is not even where settings say it is: so it is in Llama 2's {@code tokenizer.json}.
   */
  private static Set<String> normalized(
      SentencePieceModel model, TokenizerSettings settings, List<AddedToken> added) {
    Set<String> normalized =
        added.stream()
            .filter(AddedToken::normalized)
            .map(AddedToken::content)
            .collect(Collectors.toCollection(HashSet::new));
    if (settings.isAbsent()) {
      Stream.of(model.begin(), model.unknown())
          .map(model::text)
          .filter(Objects::nonNull)
          .forEach(normalized::add);
    }
    String end = model.text(model.end());
    if (end != null) {
      normalized.remove(end);
    }
    return normalized;
  }
}
