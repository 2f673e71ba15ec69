package dev.whit.api;

import org.jspecify.annotations.Nullable;

/**
 * A prompt ready for the backend.
 *
 * @param ids its token ids
 * @param echo its text, if the answer is to begin with it
 * @param maxTokens most tokens to generate
 */
record EncodedPrompt(int[] ids, @Nullable String echo, int maxTokens) {}
