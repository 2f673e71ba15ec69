package dev.whit.model.loading;

import java.util.function.Supplier;

/** Who may use kernels when: they compute for one thread at a time. */
@FunctionalInterface
public interface Turns {
  /** Of who has the kernels to himself. */
  Turns NOBODY_ELSE = Supplier::get;

  /** Waits for a turn, and uses the kernels in it. */
  <T> T turn(Supplier<T> use);
}
