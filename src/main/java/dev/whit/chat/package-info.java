/**
 * A conversation with a model in a terminal or a pipe, over any endpoint of OpenAI's API. {@link
 * dev.whit.chat.ChatSession} owns the conversation, on one thread; another one may only stop the
 * answer that is coming.
 */
@NullMarked
package dev.whit.chat;

import org.jspecify.annotations.NullMarked;
