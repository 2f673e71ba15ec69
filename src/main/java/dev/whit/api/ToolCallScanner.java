package dev.whit.api;

import java.util.Set;
import java.util.regex.Matcher;

/**
 * Reads one call, as {@code {"name": …, "arguments": {…}}}, character by character. The arguments
 * go out as they come, as soon as the name has come and is that of a tool. One thread at a time.
 */
final class ToolCallScanner {
  enum State {
    /** More is needed to know whether this is a call. */
    OPEN,
    /** It is one, and not complete. */
    CALLING,
    /** It is complete. */
    DONE,
    /** It is not a call. */
    REFUSED
  }

  /** Most characters up to the arguments; what goes on longer is no call. */
  private static final int MAX_HEAD = 256;

  private final ToolSyntax syntax;
  private final Set<String> names;
  private final StringBuilder head = new StringBuilder();
  private State state = State.OPEN;
  private int depth;
  private boolean inString;
  private boolean escaped;
  private String name = "";

  /**
   * A scanner of one call.
   *
   * @param names what may be called
   */
  ToolCallScanner(ToolSyntax syntax, Set<String> names) {
    this.syntax = syntax;
    this.names = names;
  }

  /** Takes a character; returns whether it belongs to the arguments, which it may begin or end. */
  boolean add(char c) {
    return switch (state) {
      case OPEN -> begin(c);
      case CALLING -> continueCall(c);
      case DONE, REFUSED -> throw new IllegalStateException("the call is " + state);
    };
  }

  @SuppressWarnings("JdkObsolete") // hitEnd: whether more text could still make a match
  private boolean begin(char c) {
    head.append(c);
    Matcher matcher = syntax.head().matcher(head);
    if (matcher.matches()) {
      name = matcher.group(1);
      depth = 1;
      state = names.contains(name) ? State.CALLING : State.REFUSED;
      return state == State.CALLING;
    }
    if (!matcher.hitEnd() || head.length() == MAX_HEAD) {
      state = State.REFUSED;
    }
    return false;
  }

  private boolean continueCall(char c) {
    if (depth == 0) { // behind the arguments: anything up to the end of the call
      if (c == '}') {
        state = State.DONE;
      }
      return false;
    }
    if (inString) {
      inString = escaped || c != '"';
      escaped = !escaped && c == '\\';
    } else {
      switch (c) {
        case '"' -> inString = true;
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {}
      }
    }
    if (depth == 0 && !syntax.isObject()) {
      state = State.DONE;
    }
    return true;
  }

  State state() {
    return state;
  }

  /** The function's name, once it is {@link State#CALLING}. */
  String name() {
    return name;
  }

  /** What came before the arguments. */
  String head() {
    return head.toString();
  }
}
