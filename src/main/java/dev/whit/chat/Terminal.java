package dev.whit.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import org.jspecify.annotations.Nullable;

/**
 * Where a conversation is held: with a person at a terminal there are prompts, figures and notes;
 * in a pipe there are messages in and answers out. Notes and errors are apart from answers.
 */
public final class Terminal {
  private static final String PROMPT = ">>> ";
  private static final String CONTINUED = "... ";
  private static final char REPLACEMENT = '\uFFFD';

  private final BufferedReader in;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean interactive;

  /**
   * A terminal or a pipe.
   *
   * @param in messages, one a line
   * @param out answers
   * @param err notes and errors
   * @param interactive whether there is a person
   */
  public Terminal(Reader in, PrintWriter out, PrintWriter err, boolean interactive) {
    this.in = new BufferedReader(in);
    this.out = out;
    this.err = err;
    this.interactive = interactive;
  }

  boolean isInteractive() {
    return interactive;
  }

  /**
   * The next message; a line that ends with a backslash goes on in the next.
   *
   * @return null at the end of input
   */
  @Nullable String read() throws IOException {
    prompt(PROMPT);
    String line = in.readLine();
    if (line == null) {
      return null;
    }
    StringBuilder message = new StringBuilder();
    while (line != null && line.endsWith("\\")) {
      message.append(line, 0, line.length() - 1).append('\n');
      prompt(CONTINUED);
      line = in.readLine();
    }
    return message.append(line == null ? "" : line).toString();
  }

  private void prompt(String text) {
    if (interactive) {
      out.print(text);
      out.flush();
    }
  }

  /** Shows a piece of an answer. A person's terminal gets no control characters from a model. */
  void answer(String piece) {
    out.print(interactive ? harmless(piece) : piece);
    out.flush();
  }

  /** Ends the line of an answer. */
  void endAnswer() {
    out.println();
    out.flush();
  }

  /** Tells a person something. */
  void note(String text) {
    if (interactive) {
      out.println(harmless(text));
      out.flush();
    }
  }

  /** Tells a person who is writing a message something. */
  void interject(String text) {
    note("\n" + text);
    prompt(PROMPT);
  }

  /** Tells what went wrong. */
  void error(String text) {
    err.println("whit: " + harmless(text));
    err.flush();
  }

  private static String harmless(String text) {
    StringBuilder clean = new StringBuilder(text);
    for (int i = 0; i < clean.length(); i++) {
      char c = clean.charAt(i);
      if (Character.isISOControl(c) && c != '\n' && c != '\t') {
        clean.setCharAt(i, REPLACEMENT);
      }
    }
    return clean.toString();
  }
}
