/**
 * Measures how fast a model computes and how much memory it takes, without a server or an engine:
 * steps of the decoder, against the memory's bandwidth. Plain Java.
 */
@NullMarked
package dev.whit.bench;

import org.jspecify.annotations.NullMarked;
