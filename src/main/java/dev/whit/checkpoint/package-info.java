/**
 * Bytes on disk to named, typed slices of mapped memory. Validates everything a file says before it
 * is used, runs no code from a file, and knows nothing of models.
 */
@NullMarked
package dev.whit.checkpoint;

import org.jspecify.annotations.NullMarked;
