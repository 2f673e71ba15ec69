package dev.whit.kernel;

/**
 * Weights laid out for a device by {@link Kernels}. Immutable; owned by the caller, who closes it.
 */
public sealed interface Weights extends AutoCloseable
    permits BinaryFactorWeights, DenseWeights, Int8Weights {
  /** Number of inputs (columns). */
  int inputs();

  /** Number of outputs (rows). */
  int outputs();

  /** Bytes of device memory that these weights hold, without what stays mapped from the file. */
  long residentBytes();

  @Override
  void close();
}
