package dev.whit.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What comes next in one answer: whole characters, and never a piece of what may become a stop
 * text.
 *
 * @param choice index of the answer: prompt × choices per prompt + choice
 * @param text the text, possibly empty
 * @param tokens tokens whose text is out with this delta, when tokens were asked for
 * @param finish why the answer is complete with this delta, null if it is not
 */
public record TextDelta(int choice, String text, List<ReplyToken> tokens, @Nullable Finish finish) {
  public TextDelta {
    tokens = List.copyOf(tokens);
  }
}
