package dev.whit.kernel;

/**
 * A dense matrix in int8 with a scale for each row, laid out for a device: {@code W[o, i] ≈ q[o, i]
 * · scale[o]}.
 */
public non-sealed interface Int8Weights extends Weights {}
