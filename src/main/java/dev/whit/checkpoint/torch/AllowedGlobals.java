package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.torch.PickleValue.Callable;
import dev.whit.checkpoint.torch.PickleValue.Opaque;
import dev.whit.checkpoint.torch.PickleValue.StorageType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Python names that a pickle may refer to, each with the value that stands for it here. They
 * are looked up in this table and nowhere else.
 */
final class AllowedGlobals {
  private static final Map<String, PickleValue> TABLE = table();

  private AllowedGlobals() {}

  /** What a qualified name stands for, empty for all that is not allowed. */
  static Optional<PickleValue> find(String qualifiedName) {
    return Optional.ofNullable(TABLE.get(qualifiedName));
  }

  private static Map<String, PickleValue> table() {
    Map<String, PickleValue> table = new HashMap<>();
    table.put("collections.OrderedDict", Callable.ORDERED_DICT);
    table.put("torch.Size", Callable.SIZE);
    table.put("torch._utils._rebuild_tensor_v2", Callable.REBUILD_TENSOR);
    table.put("torch._utils._rebuild_parameter", Callable.REBUILD_PARAMETER);
    // Tensors with Python attributes (torch.compile leaves some, a set of ints): they are dropped.
    table.put("torch._tensor._rebuild_from_type_v2", Callable.REBUILD_FROM_TYPE);
    table.put("torch.Tensor", Opaque.TENSOR_TYPE);
    table.put("builtins.set", Callable.SET);
    table.put("__builtin__.set", Callable.SET);
    table.put("torch.DoubleStorage", new StorageType(DType.F64));
    table.put("torch.FloatStorage", new StorageType(DType.F32));
    table.put("torch.HalfStorage", new StorageType(DType.F16));
    table.put("torch.BFloat16Storage", new StorageType(DType.BF16));
    table.put("torch.LongStorage", new StorageType(DType.I64));
    table.put("torch.IntStorage", new StorageType(DType.I32));
    table.put("torch.ShortStorage", new StorageType(DType.I16));
    table.put("torch.CharStorage", new StorageType(DType.I8));
    table.put("torch.ByteStorage", new StorageType(DType.U8));
    table.put("torch.BoolStorage", new StorageType(DType.BOOL));
    // torch reads an untyped storage as bytes; a typed one names no type, so no tensor can use it.
    table.put("torch.storage.UntypedStorage", new StorageType(DType.U8));
    table.put("torch.storage.TypedStorage", Opaque.SCALAR);
    for (String dtype :
        List.of(
            "bool",
            "uint8",
            "int8",
            "int16",
            "int32",
            "int64",
            "float16",
            "bfloat16",
            "float32",
            "float64")) {
      table.put("torch." + dtype, Opaque.SCALAR);
    }
    return Map.copyOf(table);
  }
}
