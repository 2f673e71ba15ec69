/**
 * OpenAI's wire format: request parsing and reply records. The names of JSON fields live only here.
 */
@NullMarked
package dev.whit.rest.openai;

import org.jspecify.annotations.NullMarked;
