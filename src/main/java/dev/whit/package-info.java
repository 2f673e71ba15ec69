/** Whit: an HTTP inference server for sub-1-bit language models. */
@NullMarked
package dev.whit;

import org.jspecify.annotations.NullMarked;
