package dev.whit.api;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The parts of an answer that have become certain since they were last taken. */
final class MessageDraft {
  private final StringBuilder content = new StringBuilder();
  private final StringBuilder reasoning = new StringBuilder();
  private final List<CallDraft> calls = new ArrayList<>();
  private int begun;

  private record CallDraft(
      int index, @Nullable String id, @Nullable String name, StringBuilder arguments) {}

  void content(String text) {
    content.append(text);
  }

  void reasoning(String text) {
    reasoning.append(text);
  }

  /** A call begins. */
  void call(String id, String name) {
    calls.add(new CallDraft(begun++, id, name, new StringBuilder()));
  }

  /** The next piece of the last call's arguments. */
  void arguments(String text) {
    if (calls.isEmpty()) {
      calls.add(new CallDraft(begun - 1, null, null, new StringBuilder()));
    }
    calls.getLast().arguments().append(text);
  }

  /** Number of calls so far, those that have been taken included. */
  int calls() {
    return begun;
  }

  boolean isEmpty() {
    return content.isEmpty() && reasoning.isEmpty() && calls.isEmpty();
  }

  /** Hands the parts out as a delta. */
  TextDelta take(int choice, List<ReplyToken> tokens, @Nullable Finish finish) {
    TextDelta delta =
        new TextDelta(
            choice,
            content.toString(),
            reasoning.toString(),
            calls.stream()
                .map(c -> new ToolCallDelta(c.index(), c.id(), c.name(), c.arguments().toString()))
                .toList(),
            tokens,
            finish);
    content.setLength(0);
    reasoning.setLength(0);
    calls.clear();
    return delta;
  }
}
