/** Wiring: builds the served models at start and closes them at the end. */
@NullMarked
package dev.whit.app;

import org.jspecify.annotations.NullMarked;
