/**
 * The operations a forward pass is made of, and the memory they work on. {@link
 * dev.whit.kernel.Kernels} has one method per operation; {@code kernel.cpu} (and later {@code
 * kernel.cuda}) implement it. Knows nothing of models, files or requests. Every operation is called
 * by one thread at a time per {@code Kernels} instance and may use a worker team inside.
 */
@NullMarked
package dev.whit.kernel;

import org.jspecify.annotations.NullMarked;
