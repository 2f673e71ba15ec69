/**
 * The forward pass. One parametrised {@code Decoder} serves every family: {@code ModelConfig} has
 * an explicit field for every feature. Plain Java over {@code kernel}; called by one engine thread.
 */
@NullMarked
package dev.whit.model;

import org.jspecify.annotations.NullMarked;
