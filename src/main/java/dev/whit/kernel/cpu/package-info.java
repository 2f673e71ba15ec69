/**
 * Kernels on the CPU. {@code CpuKernels} chooses: {@code VectorKernels}, which uses the Vector API
 * and a worker team, or {@code ScalarKernels}, the slow, obvious reference and the oracle of every
 * test. {@code HostKernels} is what both share: heap buffers, the paged cache and the checks of all
 * arguments. The only package that may touch {@code jdk.incubator.vector}; the classes that do are
 * loaded only when {@code VectorKernels} is.
 *
 * <p>One thread at a time calls an instance; its team works only inside a call.
 */
@NullMarked
package dev.whit.kernel.cpu;

import org.jspecify.annotations.NullMarked;
