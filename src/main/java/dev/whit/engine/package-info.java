/**
 * The step loop of one model: schedule, run, sample, report. One engine thread owns all mutable
 * state; other threads only submit, cancel and receive events. Knows tokens, not text, and no
 * metrics library.
 */
@NullMarked
package dev.whit.engine;

import org.jspecify.annotations.NullMarked;
