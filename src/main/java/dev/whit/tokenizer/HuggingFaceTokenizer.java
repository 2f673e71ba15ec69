package dev.whit.tokenizer;

import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A {@code tokenizer.json}, run by Hugging Face's own tokenizers library (through DJL). */
public final class HuggingFaceTokenizer implements Tokenizer {
  /** The largest real files (200,000 tokens, 400,000 merges) are under 40 MB. */
  private static final long MAX_BYTES = 256L << 20;

  private static final Cleaner CLEANER = Cleaner.create();

  static {
    // DJL would otherwise report its use to its makers, and look for CUDA builds of the library to
    // download.
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("RUST_FLAVOR", "cpu");
  }

  private final ai.djl.huggingface.tokenizers.HuggingFaceTokenizer library;
  private final Vocabulary vocabulary;
  private final String definition;
  private final Cleaner.Cleanable release;

  private HuggingFaceTokenizer(
      ai.djl.huggingface.tokenizers.HuggingFaceTokenizer library,
      Vocabulary vocabulary,
      String definition) {
    this.library = library;
    this.vocabulary = vocabulary;
    this.definition = definition;
    // A model may be unloaded while readers still make text of its last tokens.
    release = CLEANER.register(this, library::close);
  }

  /**
   * Loads the native library in the background: it takes about a second, which a server can spend
   * starting otherwise. What is wrong with it shows again when a tokenizer is loaded.
   */
  public static void preload() {
    Thread.ofPlatform()
        .name("tokenizers-preload")
        .daemon()
        .start(() -> {
          try {
            Objects.requireNonNull(TokenizersLibrary.LIB);
          } catch (RuntimeException | Error e) {
            System.getLogger(HuggingFaceTokenizer.class.getName())
                .log(System.Logger.Level.ERROR, "the tokenizers library cannot be loaded", e);
          }
        });
  }

  /**
   * Reads a {@code tokenizer.json}. Truncation and padding that it may ask for are switched off: a
   * server never shortens a prompt silently.
   *
   * @throws TokenizerException if it cannot be read or is not a tokenizer
   */
  public static HuggingFaceTokenizer load(Path file) {
    return parse(file, TextFile.read(file, MAX_BYTES));
  }

  /**
   * Takes the content of a {@code tokenizer.json}.
   *
   * @param file where it comes from, for errors
   * @throws TokenizerException if it is not a tokenizer
   */
  static HuggingFaceTokenizer parse(Path file, byte[] json) {
    Vocabulary vocabulary = Vocabulary.parse(file, json);
    TokenizerComponents.check(file, json, vocabulary.size());
    try {
      return new HuggingFaceTokenizer(
          ai.djl.huggingface.tokenizers.HuggingFaceTokenizer.newInstance(
              new ByteArrayInputStream(json), Map.of("truncation", "false", "padding", "false")),
          vocabulary,
          sha256(json));
    } catch (IOException | RuntimeException e) {
      throw new TokenizerException(file, "refused by the tokenizers library: " + e.getMessage(), e);
    }
  }

  private static String sha256(byte[] json) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(json));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  @Override
  public int[] encode(String text, boolean addSpecialTokens) {
    long[] ids;
    try {
      ids = library.encode(wellFormed(text), addSpecialTokens, false).getIds();
    } finally {
      Reference.reachabilityFence(this);
    }
    int[] result = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      result[i] = Math.toIntExact(ids[i]);
    }
    return result;
  }

  /**
   * Lone surrogates are no text and would be refused by the library: they become U+FFFD, as in
   * UTF-8 encoders.
   */
  private static String wellFormed(String text) {
    StringBuilder mended = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean pair =
          Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1));
      if (pair) {
        i++;
      } else if (Character.isSurrogate(c)) {
        if (mended == null) {
          mended = new StringBuilder(text);
        }
        mended.setCharAt(i, '\uFFFD');
      }
    }
    return mended == null ? text : mended.toString();
  }

  @Override
  public String decode(int[] ids, boolean skipSpecialTokens) {
    return decode(ids, 0, ids.length, skipSpecialTokens);
  }

  String decode(int[] ids, int from, int to, boolean skipSpecialTokens) {
    long[] wide = new long[to - from];
    for (int i = from; i < to; i++) {
      wide[i - from] = ids[i];
    }
    try {
      return library.decode(wide, skipSpecialTokens);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public int size() {
    return vocabulary.size();
  }

  @Override
  public @Nullable String token(int id) {
    return vocabulary.token(id);
  }

  @Override
  public @Nullable Integer id(String token) {
    return vocabulary.id(token);
  }

  @Override
  public String definition() {
    return definition;
  }

  @Override
  public boolean isSpecial(int id) {
    return vocabulary.isSpecial(id);
  }

  /** Whether the id stands for one raw byte of a run that only decodes as a whole. */
  boolean isByte(int id) {
    return vocabulary.isByte(id);
  }

  @Override
  public IncrementalDetokenizer detokenizer(boolean skipSpecialTokens) {
    return new WindowDetokenizer(this, skipSpecialTokens);
  }

  /** Frees it at once; otherwise that happens some time after its last use. */
  @Override
  public void close() {
    release.clean();
  }
}
