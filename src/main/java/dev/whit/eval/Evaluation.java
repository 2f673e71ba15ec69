package dev.whit.eval;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.cpu.CpuKernels;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Evaluates a model on a text, on questions, or on both, beside a reference or alone. */
public final class Evaluation {
  private static final long MAX_FILE = 1L << 30;

  private final EvalSpec spec;
  private final EvalListener listener;

  private Evaluation(EvalSpec spec, EvalListener listener) {
    this.spec = spec;
    this.listener = listener;
  }

  /**
   * Runs an evaluation, or goes on with it.
   *
   * @throws EvalException when a file cannot be used, or the models' tokens differ
   * @throws dev.whit.checkpoint.CheckpointException when a model cannot be loaded
   */
  public static EvalReport run(EvalSpec spec, EvalListener listener) throws IOException {
    return new Evaluation(spec, listener).run();
  }

  private EvalReport run() throws IOException {
    requireFile(spec.text());
    requireFile(spec.choices());
    int[] tokens = spec.text() == null ? new int[0] : tokens(spec.text());
    int blocks = Math.min(tokens.length / spec.block(), spec.maxBlocks());
    if (spec.text() != null && blocks == 0) {
      throw new EvalException(
          spec.text(), "has %d tokens, a block has %d".formatted(tokens.length, spec.block()));
    }
    List<Question> questions = spec.choices() == null ? List.of() : Question.read(spec.choices());
    try (Kernels kernels = CpuKernels.open(spec.threads(), line -> {});
        EvalModel model = load(spec.model(), kernels);
        EvalModel reference = spec.reference() == null ? null : load(spec.reference(), kernels)) {
      if (reference != null && reference.vocabSize() != model.vocabSize()) {
        throw new EvalException(
            "the models have %d and %d tokens: their distributions cannot be compared"
                .formatted(model.vocabSize(), reference.vocabSize()));
      }
      EvalReport.Text text = blocks == 0 ? null : text(model, reference, tokens, blocks);
      EvalReport.Choices choices =
          questions.isEmpty() ? null : choices(model, reference, questions);
      return new EvalReport(
          model.figures(),
          reference == null ? null : reference.figures(),
          settings(),
          text,
          choices);
    }
  }

  private EvalModel load(EvalSpec.Model wanted, Kernels kernels) {
    listener.onPart("loading " + wanted.source().target(), 0, 1, 0);
    return new EvalModel(
        wanted, kernels, spec.head(), spec.kvType(), spec.block(), spec.stepTokens());
  }

  private EvalReport.Text text(
      EvalModel model, @Nullable EvalModel reference, int[] tokens, int blocks) throws IOException {
    try (Journal<BlockResult> journal = journal("text.jsonl", spec.text(), BlockResult.class)) {
      new TextEvaluation(model, reference, spec.stepTokens())
          .run(tokens, spec.block(), blocks, journal, listener);
      // A journal may have more blocks than are wanted now.
      return TextReport.of(
          journal.entries().values().stream().filter(entry -> entry.index() < blocks).toList());
    }
  }

  private EvalReport.Choices choices(
      EvalModel model, @Nullable EvalModel reference, List<Question> questions) throws IOException {
    try (Journal<QuestionResult> journal =
        journal("choices.jsonl", spec.choices(), QuestionResult.class)) {
      new ChoiceEvaluation(model, reference, spec.block(), spec.stepTokens())
          .run(questions, journal, listener);
      return ChoiceEvaluation.report(questions, journal.entries());
    }
  }

  private <T extends Journal.Entry> Journal<T> journal(
      String name, @Nullable Path input, Class<T> type) throws IOException {
    if (spec.directory() == null || input == null) {
      return Journal.inMemory();
    }
    Files.createDirectories(spec.directory());
    Map<String, Object> about = new LinkedHashMap<>();
    about.put("model", identity(spec.model()));
    about.put("reference", spec.reference() == null ? "none" : identity(spec.reference()));
    about.put("input_sha256", sha256(input));
    about.putAll(settings());
    return Journal.open(spec.directory().resolve(name), about, type);
  }

  /** What tells a model from another without reading its weights. */
  private static String identity(EvalSpec.Model model) throws IOException {
    Path weights = model.source().resolve().weights();
    long bytes = 0;
    FileTime newest = FileTime.fromMillis(0);
    try (Stream<Path> files = Files.walk(weights, 1)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        bytes += Files.size(file);
        FileTime modified = Files.getLastModifiedTime(file);
        newest = modified.compareTo(newest) > 0 ? modified : newest;
      }
    }
    return "%s, %d bytes of %s".formatted(weights.toAbsolutePath().normalize(), bytes, newest);
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("block", spec.block());
    settings.put("kv_cache", spec.kvType().name().toLowerCase(Locale.ROOT));
    settings.put("head", spec.head().name().toLowerCase(Locale.ROOT));
    return settings;
  }

  private static void requireFile(@Nullable Path file) throws IOException {
    if (file != null && !Files.isRegularFile(file)) {
      throw new EvalException(file, "no such file");
    }
    if (file != null && Files.size(file) > MAX_FILE) {
      throw new EvalException(
          file, "has %d bytes, at most %d are read".formatted(Files.size(file), MAX_FILE));
    }
  }

  private int[] tokens(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new EvalException(file, "is not UTF-8");
    }
    int[] tokens = spec.model().tokenizer().encode(text, false);
    if (spec.reference() != null) {
      int[] others = spec.reference().tokenizer().encode(text, false);
      int differs = Arrays.mismatch(tokens, others);
      if (differs >= 0) {
        throw new EvalException(
            file,
            "the models' tokenizers part at token %d: they do not predict the same tokens"
                .formatted(differs));
      }
    }
    return tokens;
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
