package dev.whit.api;

import java.util.Set;
import java.util.function.IntFunction;

/**
 * Takes calls of tools out of an answer, in the syntax of its model. What begins like a call and
 * turns out to be none is content. One thread at a time.
 */
final class ToolCallParser implements MessageParser {
  private enum State {
    /** Content, in which a marker may come. */
    CONTENT,
    /** Behind a marker, before the first call. */
    OPENING,
    /** In what may be a call. */
    CALL,
    /** Behind a call. */
    BETWEEN,
    /** Content to the end: no marker can come any more. */
    REST
  }

  private final ToolSyntax syntax;
  private final Set<String> names;
  private final IntFunction<String> ids;
  private MarkerSearch search;
  private ToolCallScanner scanner;

  /** What has come since the last certain text or call, and is neither yet. */
  private final StringBuilder held = new StringBuilder();

  /** What stood before the marker, if it turns out to be none. */
  private String space = "";

  private State state;

  /**
   * A parser of one answer.
   *
   * @param names of the tools that may be called
   * @param ids ids of the answer's calls
   */
  ToolCallParser(ToolSyntax syntax, Set<String> names, IntFunction<String> ids) {
    this.syntax = syntax;
    this.names = names;
    this.ids = ids;
    search = new MarkerSearch(syntax.marker());
    scanner = new ToolCallScanner(syntax, names);
    state = syntax.marker().isEmpty() ? State.OPENING : State.CONTENT;
  }

  @Override
  public void add(String text, MessageDraft draft) {
    int at = 0;
    while (at < text.length()) {
      switch (state) {
        case CONTENT -> {
          draft.content(search.add(text.substring(at)));
          if (search.found()) {
            state = State.OPENING;
            space = search.space();
            held.append(syntax.marker());
            add(search.rest(), draft);
          }
          return;
        }
        case REST -> {
          draft.content(text.substring(at));
          return;
        }
        case OPENING -> open(text.charAt(at++), draft);
        case CALL -> call(text.charAt(at++), draft);
        case BETWEEN -> between(text.charAt(at++), draft);
      }
    }
  }

  private void open(char c, MessageDraft draft) {
    held.append(c);
    String opened = held.substring(syntax.marker().length()).stripLeading();
    boolean tagged = syntax.marker().isEmpty();
    boolean begins = syntax.isObject() ? opened.startsWith("{") : !opened.isEmpty();
    if (begins && syntax.opening().isEmpty()) {
      beginCall(c, draft);
    } else if (!opened.isEmpty() && opened.equals(syntax.opening())) {
      state = State.CALL;
      scanner = new ToolCallScanner(syntax, names);
    } else if (tagged && opened.equals(ToolSyntax.PYTHON_TAG)) {
      held.setLength(0);
    } else if (!opened.isEmpty() && !(tagged && ToolSyntax.PYTHON_TAG.startsWith(opened))) {
      refuse(draft);
    }
  }

  /** What has come last is the call's first character. */
  private void beginCall(char first, MessageDraft draft) {
    held.setLength(held.length() - 1);
    state = State.CALL;
    scanner = new ToolCallScanner(syntax, names);
    call(first, draft);
  }

  private void call(char c, MessageDraft draft) {
    held.append(c);
    boolean begins = scanner.state() == ToolCallScanner.State.OPEN;
    boolean isArgument = scanner.add(c);
    switch (scanner.state()) {
      case OPEN -> {}
      case CALLING, DONE -> {
        if (begins) {
          draft.call(ids.apply(draft.calls()), scanner.name());
        }
        if (isArgument) {
          draft.arguments(String.valueOf(c));
        }
        held.setLength(0);
        state = scanner.state() == ToolCallScanner.State.DONE ? State.BETWEEN : State.CALL;
      }
      case REFUSED -> refuse(draft);
    }
  }

  private void between(char c, MessageDraft draft) {
    held.append(c);
    String gap = held.toString().strip();
    if (gap.isEmpty()) {
      return;
    }
    if (gap.equals(syntax.separator())) {
      state = State.CALL;
      scanner = new ToolCallScanner(syntax, names);
    } else if (gap.equals(syntax.closing())) {
      held.setLength(0);
      state = State.CONTENT;
      search = new MarkerSearch(syntax.marker());
    } else if (!syntax.closing().startsWith(gap)) {
      refuse(draft);
    }
  }

  /** What is held is content after all. */
  private void refuse(MessageDraft draft) {
    String text = held.toString();
    held.setLength(0);
    if (syntax.marker().isEmpty()) {
      state = State.REST;
      draft.content(text);
      return;
    }
    state = State.CONTENT;
    search = new MarkerSearch(syntax.marker());
    // The marker itself, if it is there, is not looked for again; another one behind it is.
    int from = text.startsWith(syntax.marker()) ? syntax.marker().length() : 0;
    draft.content((from > 0 ? space : "") + text.substring(0, from));
    add(text.substring(from), draft);
  }

  @Override
  public void finish(MessageDraft draft) {
    String left =
        switch (state) {
          case CONTENT -> search.rest();
          case OPENING, CALL, BETWEEN -> held.toString();
          case REST -> "";
        };
    draft.content(draft.calls() > 0 ? left.strip() : left);
  }
}
