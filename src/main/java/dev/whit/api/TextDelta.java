package dev.whit.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes next in one answer: whole characters, and never a piece of what may become a stop text
 * or a marker.
 *
 * @param choice index of the answer: prompt × choices per prompt + choice
 * @param text the text, possibly empty, without reasoning and calls
 * @param reasoning what the model thinks before it answers
 * @param calls what comes next of calls of tools
 * @param tokens tokens whose text is out with this delta, when tokens were asked for
 * @param finish why the answer is complete with this delta, null if it is not
 */
public record TextDelta(
    int choice,
    String text,
    String reasoning,
    List<ToolCallDelta> calls,
    List<ReplyToken> tokens,
    @Nullable Finish finish) {
  public TextDelta {
    calls = List.copyOf(calls);
    tokens = List.copyOf(tokens);
  }
}
