package dev.whit.tokenizer;

/**
 * What a token of a vocabulary is for. SentencePiece ({@code ModelProto.SentencePiece.Type}) and
 * GGUF ({@code tokenizer.ggml.token_type}) number them alike.
 */
enum TokenType {
  NORMAL(1),
  UNKNOWN(2),
  /** Never part of a text: begin of sequence and the like. */
  CONTROL(3),
  /** Always a token of its own wherever its text appears. */
  USER_DEFINED(4),
  /** An id without use: never the result of encoding. */
  UNUSED(5),
  /** One byte, written {@code <0x0A>}. */
  BYTE(6);

  private static final TokenType[] ALL = values();

  private final int number;

  TokenType(int number) {
    this.number = number;
  }

  /** Its number on disk. */
  int number() {
    return number;
  }

  /** Whether there is a type of that number. */
  static boolean isNumber(long number) {
    return number >= 1 && number <= ALL.length;
  }

  /** The type of a number from 1 to 6. */
  static TokenType of(long number) {
    return ALL[(int) number - 1];
  }
}
