package dev.whit.model;

import dev.whit.kernel.Int8Weights;

/** A linear layer whose dense matrix was rounded to int8 at load. */
public record Int8Linear(Int8Weights weights) implements LinearLayer {}
