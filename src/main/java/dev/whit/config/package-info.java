/** The settings under {@code whit.*}, read once at start. */
@NullMarked
package dev.whit.config;

import org.jspecify.annotations.NullMarked;
