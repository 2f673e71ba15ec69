package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.torch.PickleValue.Callable;
import dev.whit.checkpoint.torch.PickleValue.Dict;
import dev.whit.checkpoint.torch.PickleValue.Int;
import dev.whit.checkpoint.torch.PickleValue.Opaque;
import dev.whit.checkpoint.torch.PickleValue.Storage;
import dev.whit.checkpoint.torch.PickleValue.StorageType;
import dev.whit.checkpoint.torch.PickleValue.Text;
import dev.whit.checkpoint.torch.PickleValue.Tuple;
import dev.whit.checkpoint.torch.PickleValue.View;
import java.util.List;
import java.util.function.Function;

/** What the calls and persistent ids in torch's pickles stand for. */
final class TorchObjects {
  /** Weights have at most 5; bounds what a pickle can make of one shared tuple. */
  private static final int MAX_DIMENSIONS = 8;

  private final Function<String, CheckpointException> bad;

  /** Reports malformed arguments through {@code bad}. */
  TorchObjects(Function<String, CheckpointException> bad) {
    this.bad = bad;
  }

  /** The result of a call. */
  PickleValue call(Callable callable, List<PickleValue> arguments) {
    return switch (callable) {
      case ORDERED_DICT -> {
        require(arguments.isEmpty(), "OrderedDict(…) with arguments");
        yield new Dict();
      }
      case SIZE -> {
        require(arguments.size() == 1 && arguments.getFirst() instanceof Tuple, "torch.Size(…)");
        yield arguments.getFirst();
      }
      case SET -> {
        require(arguments.equals(List.of(Opaque.LIST)), "set(…)");
        yield Opaque.LIST;
      }
      case REBUILD_TENSOR -> view(arguments);
      case REBUILD_FROM_TYPE -> {
        // (function, type, its arguments, attributes)
        if (arguments.size() == 4
            && arguments.get(0) == Callable.REBUILD_TENSOR
            && arguments.get(1) == Opaque.TENSOR_TYPE
            && arguments.get(2) instanceof Tuple(List<PickleValue> inner)
            && arguments.get(3) instanceof Dict) {
          yield view(inner);
        }
        throw bad.apply("unexpected arguments of _rebuild_from_type_v2(…)");
      }
      case REBUILD_PARAMETER -> {
        // (data, requires_grad, backward_hooks)
        require(
            arguments.size() == 3 && arguments.getFirst() instanceof View, "_rebuild_parameter(…)");
        yield arguments.getFirst();
      }
    };
  }

  /** The storage of a persistent id: ('storage', class, key, location, number of elements). */
  Storage storage(PickleValue id) {
    if (id instanceof Tuple(List<PickleValue> parts)
        && parts.size() == 5
        && parts.get(0) instanceof Text(String kind)
        && kind.equals("storage")
        && parts.get(1) instanceof StorageType type
        && parts.get(2) instanceof Text(String key)
        && parts.get(4) instanceof Int(long elements)
        && elements >= 0) {
      return new Storage(type.dtype(), key, elements);
    }
    throw bad.apply(
        "persistent id is not ('storage', a storage class, key, location, non-negative size)");
  }

  /** (storage, offset, size, stride, requires_grad, backward_hooks[, metadata]). */
  private View view(List<PickleValue> arguments) {
    // Metadata, where there is any, marks lazily negated or conjugated views.
    if ((arguments.size() == 6 || (arguments.size() == 7 && isEmptyMetadata(arguments.get(6))))
        && arguments.get(0) instanceof Storage storage
        && arguments.get(1) instanceof Int(long offset)
        && arguments.get(2) instanceof Tuple(List<PickleValue> size)
        && arguments.get(3) instanceof Tuple(List<PickleValue> stride)
        && size.size() == stride.size()
        && size.size() <= MAX_DIMENSIONS
        && offset >= 0) {
      return new View(storage, offset, naturals(size), naturals(stride));
    }
    throw bad.apply(
        "_rebuild_tensor_v2 needs a storage, a non-negative offset, and size and stride of equal"
            + " length up to "
            + MAX_DIMENSIONS);
  }

  private static boolean isEmptyMetadata(PickleValue value) {
    return value == Opaque.SCALAR || (value instanceof Dict dict && dict.items().isEmpty());
  }

  private long[] naturals(List<PickleValue> values) {
    long[] naturals = new long[values.size()];
    for (int i = 0; i < naturals.length; i++) {
      if (!(values.get(i) instanceof Int(long value)) || value < 0) {
        throw bad.apply("size or stride is not of non-negative integers");
      }
      naturals[i] = value;
    }
    return naturals;
  }

  private void require(boolean asExpected, String call) {
    if (!asExpected) {
      throw bad.apply("unexpected arguments of " + call);
    }
  }
}
