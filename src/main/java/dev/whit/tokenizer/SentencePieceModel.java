package dev.whit.tokenizer;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A {@code tokenizer.model}: the {@code ModelProto} of SentencePiece (google/sentencepiece,
 * src/sentencepiece_model.proto), of type BPE.
 *
 * @param pieces the vocabulary; the index is the id
 * @param addDummyPrefix whether a space goes before a text
 * @param removeExtraWhitespaces whether runs of spaces become one, and those at the ends go
 * @param escapeWhitespaces whether a space becomes U+2581
 * @param unknown id of the piece for what cannot be encoded, or −1
 * @param begin id of the begin of sequence, or −1
 * @param end id of the end of sequence, or −1
 * @param padding id of the padding, or −1
 */
record SentencePieceModel(
    List<SentencePiece> pieces,
    boolean addDummyPrefix,
    boolean removeExtraWhitespaces,
    boolean escapeWhitespaces,
    int unknown,
    int begin,
    int end,
    int padding) {

  private static final int BPE = 2;

  /** A line of a tiktoken vocabulary: a token in Base64 and its rank. */
  private static final Pattern TIKTOKEN = Pattern.compile("[A-Za-z0-9+/]+={0,2} \\d+");

  /**
   * Reads a model.
   *
   * @throws TokenizerException if it is cut off, of another type than BPE, or wants what is not
   *     supported
   */
  static SentencePieceModel parse(Path file, byte[] bytes) {
    if (isTiktoken(bytes)) {
      throw new TokenizerException(
          file, "is a tiktoken vocabulary, which is not supported; put a tokenizer.json beside it");
    }
    return new Parsing(file).model(new ProtobufReader(file, bytes));
  }

  private static boolean isTiktoken(byte[] bytes) {
    int end = 0;
    while (end < bytes.length && end < 256 && bytes[end] != '\n') {
      end++;
    }
    String line = new String(bytes, 0, end, StandardCharsets.ISO_8859_1).strip();
    return TIKTOKEN.matcher(line).matches();
  }

  /** The text of a piece, or null. */
  @Nullable String text(int id) {
    return id >= 0 && id < pieces.size() ? pieces.get(id).text() : null;
  }

  /** One reading; the fields start with the format's defaults. */
  private static final class Parsing {
    private final Path file;
    private final List<SentencePiece> pieces = new ArrayList<>();
    private long type = 1;
    private boolean suffix;
    private String normalizer = "";
    private boolean hasCharsMap;
    private boolean addDummyPrefix = true;
    private boolean removeExtraWhitespaces = true;
    private boolean escapeWhitespaces = true;
    private long unknown;
    private long begin = 1;
    private long end = 2;
    private long padding = -1;

    Parsing(Path file) {
      this.file = file;
    }

    SentencePieceModel model(ProtobufReader in) {
      for (int field = in.next(); field != 0; field = in.next()) {
        switch (field) {
          case 1 -> piece(in.message());
          case 2 -> trainerSpec(in.message());
          case 3 -> normalizerSpec(in.message());
          default -> in.skip();
        }
      }
      if (pieces.isEmpty()) {
        throw new TokenizerException(file, "not a SentencePiece model: has no pieces");
      }
      if (type != BPE) {
        throw new TokenizerException(
            file, "model_type %d is not supported, only BPE (%d)".formatted(type, BPE));
      }
      if (suffix) {
        throw new TokenizerException(file, "treat_whitespace_as_suffix is not supported");
      }
      if (hasCharsMap) {
        throw new TokenizerException(
            file,
            "the character map of normalizer %s is not supported, only identity; put a tokenizer.json beside it"
                .formatted(normalizer));
      }
      return new SentencePieceModel(
          pieces,
          addDummyPrefix,
          removeExtraWhitespaces,
          escapeWhitespaces,
          id("unk_id", unknown),
          id("bos_id", begin),
          id("eos_id", end),
          id("pad_id", padding));
    }

    private int id(String name, long id) {
      if (id >= pieces.size()) {
        throw new TokenizerException(
            file, "%s is %d, but there are %d pieces".formatted(name, id, pieces.size()));
      }
      return id < 0 ? -1 : (int) id;
    }

    private void piece(ProtobufReader in) {
      if (pieces.size() == TokenizerJson.MAX_TOKENS) {
        throw new TokenizerException(file, "has more than " + TokenizerJson.MAX_TOKENS + " pieces");
      }
      String text = "";
      float score = 0;
      long kind = 1;
      for (int field = in.next(); field != 0; field = in.next()) {
        switch (field) {
          case 1 -> text = in.string();
          case 2 -> score = in.float32();
          case 3 -> kind = in.integer();
          default -> in.skip();
        }
      }
      if (!TokenType.isNumber(kind) || Float.isNaN(score)) {
        throw new TokenizerException(
            file, "piece %d has type %d and score %s".formatted(pieces.size(), kind, score));
      }
      pieces.add(new SentencePiece(text, score, TokenType.of(kind)));
    }

    private void trainerSpec(ProtobufReader in) {
      for (int field = in.next(); field != 0; field = in.next()) {
        switch (field) {
          case 3 -> type = in.integer();
          case 24 -> suffix = in.bool();
          case 40 -> unknown = in.integer();
          case 41 -> begin = in.integer();
          case 42 -> end = in.integer();
          case 43 -> padding = in.integer();
          default -> in.skip();
        }
      }
    }

    private void normalizerSpec(ProtobufReader in) {
      for (int field = in.next(); field != 0; field = in.next()) {
        switch (field) {
          case 1 -> normalizer = in.string();
          case 2 -> hasCharsMap = in.bytes().length > 0;
          case 3 -> addDummyPrefix = in.bool();
          case 4 -> removeExtraWhitespaces = in.bool();
          case 5 -> escapeWhitespaces = in.bool();
          default -> in.skip();
        }
      }
    }
  }
}
