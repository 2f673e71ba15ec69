/**
 * Kernels on the CPU: {@code ScalarKernels} is the slow, obvious reference and the oracle of every
 * test; {@code VectorKernels} uses the Vector API and a worker team. The only package that may
 * touch {@code jdk.incubator.vector}.
 */
@NullMarked
package dev.whit.kernel.cpu;

import org.jspecify.annotations.NullMarked;
