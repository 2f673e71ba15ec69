/** Text to token ids and back, token by token, and chat templates. */
@NullMarked
package dev.whit.tokenizer;

import org.jspecify.annotations.NullMarked;
