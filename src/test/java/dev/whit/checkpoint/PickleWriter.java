package dev.whit.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes pickles opcode by opcode, with the phrases that torch.save puts together from them. */
public final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Opcodes or other bytes as they are. */
  public PickleWriter raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  public PickleWriter protocol(int version) {
    return raw(0x80, version);
  }

  public PickleWriter mark() {
    return raw('(');
  }

  /** Collects what follows the last mark. */
  public PickleWriter tuple() {
    return raw('t');
  }

  /** Calls the function below the tuple of arguments. */
  public PickleWriter reduce() {
    return raw('R');
  }

  public PickleWriter setItems() {
    return raw('u');
  }

  public PickleWriter text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    raw('X').u32(bytes.length);
    out.writeBytes(bytes);
    return this;
  }

  public PickleWriter integer(long value) {
    return raw(0x8a, Long.BYTES).i64(value);
  }

  public PickleWriter integers(long... values) {
    mark();
    for (long value : values) {
      integer(value);
    }
    return tuple();
  }

  public PickleWriter global(String module, String name) {
    raw('c');
    out.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  public PickleWriter emptyOrderedDict() {
    return global("collections", "OrderedDict").raw(')').reduce();
  }

  /** The storage in entry {@code data/<key>}. */
  public PickleWriter storage(String storageClass, String key, long elements) {
    String module = storageClass.startsWith("Untyped") ? "torch.storage" : "torch";
    mark().text("storage").global(module, storageClass).text(key).text("cuda:0").integer(elements);
    return tuple().raw('Q');
  }

  /** A tensor over the storage in entry {@code data/<key>}. */
  public PickleWriter tensor(
      String storageClass, String key, long elements, long offset, long[] shape, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").mark().storage(storageClass, key, elements);
    integer(offset).integers(shape).integers(strides).raw(0x89).emptyOrderedDict();
    return tuple().reduce();
  }

  /** A contiguous tensor that fills its storage. */
  public PickleWriter tensor(String storageClass, String key, long... shape) {
    long[] strides = Tensor.rowMajorStrides(shape);
    long elements = 1;
    for (long extent : shape) {
      elements *= extent;
    }
    return tensor(storageClass, key, elements, 0, shape, strides);
  }

  public PickleWriter u32(long value) {
    return little(Integer.BYTES, value);
  }

  public PickleWriter i64(long value) {
    return little(Long.BYTES, value);
  }

  private PickleWriter little(int length, long value) {
    byte[] bytes =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(bytes, 0, length);
    return this;
  }

  /** The pickle, ended by STOP. */
  public byte[] toBytes() {
    raw('.');
    return out.toByteArray();
  }

  /** A state dict as torch.save writes it, its entries put in by {@code entries}. */
  public static byte[] stateDict(Consumer<PickleWriter> entries) {
    PickleWriter pickle = new PickleWriter().protocol(2).emptyOrderedDict().mark();
    entries.accept(pickle);
    return pickle.setItems().toBytes();
  }
}
