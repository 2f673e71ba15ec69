package dev.whit.tokenizer.jinja;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A list or a tuple: equal to one of the same kind with equal elements. */
abstract sealed class Sequence implements Value permits Sequence.ListValue, Sequence.Tuple {
  private final List<Value> items;
  private final Extent extent;

  private Sequence(List<Value> items) {
    this.items = Collections.unmodifiableList(items);
    this.extent = Extent.of(items);
  }

  List<Value> items() {
    return items;
  }

  /** A sequence of the same kind. */
  abstract Sequence with(List<Value> elements);

  @Override
  public long weight() {
    return extent.weight();
  }

  @Override
  public int depth() {
    return extent.depth();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sequence sequence
        && getClass() == sequence.getClass()
        && items.equals(sequence.items);
  }

  @Override
  public int hashCode() {
    return items.hashCode();
  }

  /** A Python list, which templates cannot change. */
  static final class ListValue extends Sequence {
    ListValue(List<Value> items) {
      super(items);
    }

    @Override
    ListValue with(List<Value> elements) {
      return new ListValue(elements);
    }
  }

  /** A Python tuple. */
  static final class Tuple extends Sequence {
    Tuple(List<Value> items) {
      super(items);
    }

    @Override
    Tuple with(List<Value> elements) {
      return new Tuple(elements);
    }
  }
}
