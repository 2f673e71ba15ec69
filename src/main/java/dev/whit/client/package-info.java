/** What clients of any OpenAI endpoint have in common: its address, and how streams are read. */
@NullMarked
package dev.whit.client;

import org.jspecify.annotations.NullMarked;
