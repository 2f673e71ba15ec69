/**
 * Checkpoints of random weights at real shapes and ranks, to measure speed and memory with: they
 * load through the ordinary path. Plain Java.
 */
@NullMarked
package dev.whit.bench.synth;

import org.jspecify.annotations.NullMarked;
