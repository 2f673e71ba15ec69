package dev.whit.api;

import dev.whit.backend.TokenConstraint;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What answers consist of.
 *
 * @param constraint which tokens they may have, null for any
 * @param parsers a new parser for each choice, by its index
 * @param markers whether special tokens that mark parts of an answer are text
 */
record ReplyShape(
    @Nullable TokenConstraint constraint, IntFunction<MessageParser> parsers, boolean markers) {
  /** Content only. */
  static ReplyShape content(@Nullable TokenConstraint constraint) {
    return new ReplyShape(constraint, choice -> MessageParser.plain(), false);
  }
}
