/**
 * The torch zip container ({@code .pt}, {@code .bin}): a reader of stored zip entries and an
 * interpreter of the small pickle subset that {@code torch.save} writes.
 */
@NullMarked
package dev.whit.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
