package dev.whit.model;

import dev.whit.kernel.BinaryFactorWeights;

/** A linear layer that is a sum of products of ±1 factors and scales: LittleBit, NanoQuant. */
public record BinaryFactorLinear(BinaryFactorWeights weights) implements LinearLayer {}
