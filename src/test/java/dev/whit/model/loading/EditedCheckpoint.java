package dev.whit.model.loading;

import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;

/** A checkpoint with some of its tensors replaced, renamed or removed. */
final class EditedCheckpoint implements Checkpoint {
  private final Checkpoint original;
  private final NavigableMap<String, Tensor> tensors = new TreeMap<>();

  EditedCheckpoint(Checkpoint original) {
    this.original = original;
    for (String name : original.names()) {
      tensors.put(name, original.find(name).orElseThrow());
    }
  }

  EditedCheckpoint remove(String name) {
    if (tensors.remove(name) == null) {
      throw new AssertionError("no tensor " + name);
    }
    return this;
  }

  EditedCheckpoint retain(String prefix) {
    tensors.keySet().removeIf(name -> !name.startsWith(prefix));
    return this;
  }

  EditedCheckpoint rename(String from, String to) {
    Tensor tensor = find(from).orElseThrow();
    remove(from);
    return put(to, tensor.dtype(), tensor.shape(), tensor.data());
  }

  EditedCheckpoint renameAll(String prefix, String replacement) {
    for (String name : tensors.keySet().toArray(String[]::new)) {
      if (name.startsWith(prefix)) {
        rename(name, replacement + name.substring(prefix.length()));
      }
    }
    return this;
  }

  EditedCheckpoint swapAll(String prefix, String other) {
    return renameAll(prefix, "swapped.").renameAll(other, prefix).renameAll("swapped.", other);
  }

  EditedCheckpoint putFloats(String name, long[] shape, float... values) {
    return put(name, DType.F32, shape, MemorySegment.ofArray(values));
  }

  EditedCheckpoint putDoubles(String name, long[] shape, double... values) {
    return put(name, DType.F64, shape, MemorySegment.ofArray(values));
  }

  EditedCheckpoint putShorts(String name, DType dtype, long[] shape, short... values) {
    return put(name, dtype, shape, MemorySegment.ofArray(values));
  }

  EditedCheckpoint putLongs(String name, long... values) {
    return put(name, DType.I64, new long[] {values.length}, MemorySegment.ofArray(values));
  }

  EditedCheckpoint putInts(String name, long[] shape, int... values) {
    return put(name, DType.I32, shape, MemorySegment.ofArray(values));
  }

  /** Replaces one element of a tensor by the bits of an f32, as the tensor's own type stores it. */
  EditedCheckpoint setBf16(String name, int index, float value) {
    Tensor tensor = find(name).orElseThrow();
    ByteBuffer copy =
        ByteBuffer.allocate((int) tensor.data().byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    MemorySegment data = MemorySegment.ofBuffer(copy);
    MemorySegment.copy(tensor.data(), 0, data, 0, data.byteSize());
    data.set(
        ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN),
        2L * index,
        (short) (Float.floatToRawIntBits(value) >>> 16));
    return put(name, tensor.dtype(), tensor.shape(), data);
  }

  private EditedCheckpoint put(String name, DType dtype, long[] shape, MemorySegment data) {
    tensors.put(
        name,
        new Tensor(
            name, source(), 0, dtype, shape, Tensor.rowMajorStrides(shape), data.asReadOnly()));
    return this;
  }

  @Override
  public Path source() {
    return original.source();
  }

  @Override
  public SortedSet<String> names() {
    return tensors.navigableKeySet();
  }

  @Override
  public Optional<Tensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public void close() {
    original.close();
  }
}
