/**
 * An interpreter of the part of Jinja2 that chat templates use, with bounded time and output.
 * Values are data: text from a user is never parsed as a template.
 */
@NullMarked
package dev.whit.tokenizer.jinja;

import org.jspecify.annotations.NullMarked;
