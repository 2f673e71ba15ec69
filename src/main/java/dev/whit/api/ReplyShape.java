package dev.whit.api;

import dev.whit.backend.TokenConstraint;
import java.util.Set;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What answers consist of.
 *
 * @param constraint which tokens they may have, null for any
 * @param parsers a new parser for each choice, by its index
 * @param markers special tokens that mark parts of an answer, and are text to its parser
 */
record ReplyShape(
    @Nullable TokenConstraint constraint, IntFunction<MessageParser> parsers, Set<String> markers) {
  ReplyShape {
    markers = Set.copyOf(markers);
  }

  /** Content only. */
  static ReplyShape content(@Nullable TokenConstraint constraint) {
    return new ReplyShape(constraint, choice -> MessageParser.plain(), Set.of());
  }
}
