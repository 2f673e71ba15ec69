package dev.whit.kernel;

/** A {@link DenseSpec} laid out for a device; on the CPU a view of the mapped file. */
public non-sealed interface DenseWeights extends Weights {}
