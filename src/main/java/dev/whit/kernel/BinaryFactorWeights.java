package dev.whit.kernel;

/** A {@link BinaryFactorSpec} laid out for a device. */
public non-sealed interface BinaryFactorWeights extends Weights {}
