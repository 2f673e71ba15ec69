package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.DType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pickle can build here: data only, nothing that can act. Values may nest as deeply as the
 * pickle likes, even in themselves, so nothing walks, compares or prints them whole.
 */
sealed interface PickleValue {

  /**
   * What no tensor depends on: None, booleans, floats, bytes, dtypes, lists and sets, and the class
   * of plain tensors.
   */
  enum Opaque implements PickleValue {
    SCALAR,
    LIST,
    TENSOR_TYPE
  }

  /** A string. */
  record Text(String value) implements PickleValue {}

  /** An integer of at most 64 bits. */
  record Int(long value) implements PickleValue {}

  /** A tuple. */
  record Tuple(List<PickleValue> items) implements PickleValue {}

  /** A dict or OrderedDict, with its string keys only: no other key names a tensor. */
  final class Dict implements PickleValue {
    private final Map<String, PickleValue> items = new LinkedHashMap<>();

    /** The items in the order in which they were set. */
    Map<String, PickleValue> items() {
      return items;
    }
  }

  /** The functions and classes that a pickle may call. */
  enum Callable implements PickleValue {
    ORDERED_DICT,
    SIZE,
    SET,
    REBUILD_TENSOR,
    REBUILD_PARAMETER,
    REBUILD_FROM_TYPE
  }

  /** A class of storages, with the type of their elements. */
  record StorageType(DType dtype) implements PickleValue {}

  /**
   * A storage, the bytes of one entry of the zip file.
   *
   * @param dtype type of its elements
   * @param key name of its entry below {@code data/}
   * @param elements number of elements
   */
  record Storage(DType dtype, String key, long elements) implements PickleValue {}

  /**
   * A view of a storage, not yet checked against it. Nothing in it is negative.
   *
   * @param offset index of the first element in the storage
   * @param shape extents
   * @param strides in elements
   */
  record View(Storage storage, long offset, long[] shape, long[] strides) implements PickleValue {}
}
