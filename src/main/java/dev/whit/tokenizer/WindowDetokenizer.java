package dev.whit.tokenizer;

import java.util.Arrays;

/**
 * Decodes a growing sequence through a sliding window: the text of a token depends on its
 * neighbours (a leading space is stripped at the start only, a character may take several tokens),
 * so each step decodes the last piece of text together with what follows it and returns what is
 * new.
 *
 * <p>Held back, because a later token may still change it: text that ends in U+FFFD (an incomplete
 * character), and a run of byte tokens ({@code <0xE2>}), which decodes as a whole or not at all.
 */
final class WindowDetokenizer implements IncrementalDetokenizer {
  /** Held tokens after which a split is looked for; no character takes more than four. */
  private static final int LONG_HOLD = 64;

  private final HuggingFaceTokenizer tokenizer;
  private final boolean skipSpecialTokens;
  private int[] window = new int[32];
  private int size;

  /** window[0 … emitted): tokens whose text, {@code context}, has been returned. */
  private int emitted;

  private String context = "";

  WindowDetokenizer(HuggingFaceTokenizer tokenizer, boolean skipSpecialTokens) {
    this.tokenizer = tokenizer;
    this.skipSpecialTokens = skipSpecialTokens;
  }

  @Override
  public String add(int token) {
    if (skipSpecialTokens && tokenizer.isSpecial(token)) {
      return "";
    }
    if (size == window.length) {
      window = Arrays.copyOf(window, size * 2);
    }
    window[size++] = token;
    if (tokenizer.isByte(token)) {
      return "";
    }
    String text = decode(0, size);
    if (!text.endsWith("\uFFFD")) {
      return emit(text);
    }
    return size - emitted > LONG_HOLD ? splitHold(text) : "";
  }

  @Override
  public String finish() {
    return size == emitted ? "" : emit(decode(0, size));
  }

  /**
   * All of the window's text is certain: returns what is new and keeps its tokens as the next
   * step's context.
   */
  private String emit(String text) {
    String fresh = text.substring(Math.min(context.length(), text.length()));
    if (fresh.isEmpty()) {
      // Without text of its own this piece is no context to decode the next one in.
      emitted = size;
      return "";
    }
    size -= emitted;
    System.arraycopy(window, emitted, window, 0, size);
    emitted = size;
    context = decode(0, size);
    return fresh;
  }

  /**
   * A long run of tokens that are no text: returns the part before a border where decoding apart
   * gives the same as decoding together, so that the window stays small.
   */
  private String splitHold(String text) {
    for (int border = size - 1; border >= size - 4; border--) {
      String before = decode(0, border);
      if ((before + decode(border, size)).equals(text)) {
        int end = size;
        size = border;
        int[] rest = Arrays.copyOfRange(window, border, end);
        String fresh = emit(before);
        if (size + rest.length > window.length) {
          window = Arrays.copyOf(window, window.length * 2);
        }
        System.arraycopy(rest, 0, window, size, rest.length);
        size += rest.length;
        return fresh;
      }
    }
    return "";
  }

  private String decode(int from, int to) {
    return tokenizer.decode(window, from, to, skipSpecialTokens);
  }
}
