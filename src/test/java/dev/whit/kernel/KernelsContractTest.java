package dev.whit.kernel;

import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every implementation of {@link Kernels} must do, one part of the contract each. A subclass
 * only opens its implementation. Expectations are computed in double by the tests themselves.
 */
@NullUnmarked
public abstract class KernelsContractTest
    implements BinaryLinearContract,
        DenseLinearContract,
        Int8LinearContract,
        AttentionContract,
        RowOperationsContract,
        FamilyOperationsContract,
        ArgumentsContract,
        DeterminismContract {
  private Kernels kernels;

  /** Opens the implementation under test. */
  protected abstract Kernels open();

  @BeforeEach
  void openKernels() {
    kernels = open();
  }

  @AfterEach
  void closeKernels() {
    kernels.close();
  }

  @Override
  public final Kernels kernels() {
    return kernels;
  }
}
