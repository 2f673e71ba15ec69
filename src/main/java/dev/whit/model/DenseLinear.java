package dev.whit.model;

import dev.whit.kernel.DenseWeights;

/** A linear layer with a 16- or 32-bit float matrix. */
public record DenseLinear(DenseWeights weights) implements LinearLayer {}
