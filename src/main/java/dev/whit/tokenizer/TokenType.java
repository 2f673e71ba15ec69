package dev.whit.tokenizer;

/**
 * What a token of a vocabulary is for. SentencePiece ({@code ModelProto.SentencePiece.Type}) and
 * GGUF ({@code tokenizer.ggml.token_type}) number them alike, from 1.
 */
enum TokenType {
  NORMAL,
  UNKNOWN,
  /** Never part of a text: begin of sequence and the like. */
  CONTROL,
  /** Always a token of its own wherever its text appears. */
  USER_DEFINED,
  /** An id without use: never the result of encoding. */
  UNUSED,
  /** One byte, written {@code <0x0A>}. */
  BYTE;

  private static final TokenType[] ALL = values();

  /** Whether there is a type of that number. */
  static boolean isNumber(long number) {
    return number >= 1 && number <= ALL.length;
  }

  /** The type of a number from 1 to 6. */
  static TokenType of(long number) {
    return ALL[(int) number - 1];
  }
}
