package dev.whit.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Writes GGUF files for tests, right or wrong ones. */
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  private final ByteArrayOutputStream metadata = new ByteArrayOutputStream();
  private final List<Entry> tensors = new ArrayList<>();
  private int keys;
  private int alignment = ALIGNMENT;

  private record Entry(String name, int type, long[] shape, byte[] data) {}

  private static byte[] little(int bytes, long value) {
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    return Arrays.copyOf(buffer.putLong(value).array(), bytes);
  }

  /** A string with its length. */
  public static byte[] text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return concat(little(8, bytes.length), bytes);
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /** A value of any type number. */
  public GgufWriter value(String key, int type, byte[] bytes) {
    metadata.writeBytes(concat(text(key), little(4, type), bytes));
    keys++;
    return this;
  }

  public GgufWriter u32(String key, long value) {
    return value(key, 4, little(4, value));
  }

  public GgufWriter f32(String key, float value) {
    return value(key, 6, little(4, Float.floatToRawIntBits(value)));
  }

  public GgufWriter flag(String key, boolean value) {
    return value(key, 7, little(1, value ? 1 : 0));
  }

  public GgufWriter string(String key, String value) {
    return value(key, 8, text(value));
  }

  public GgufWriter strings(String key, String... values) {
    byte[] all = concat(little(4, 8), little(8, values.length));
    for (String value : values) {
      all = concat(all, text(value));
    }
    return value(key, 9, all);
  }

  public GgufWriter i32s(String key, int... values) {
    byte[] all = concat(little(4, 5), little(8, values.length));
    for (int value : values) {
      all = concat(all, little(4, value));
    }
    return value(key, 9, all);
  }

  public GgufWriter f32s(String key, float... values) {
    byte[] all = concat(little(4, 6), little(8, values.length));
    for (float value : values) {
      all = concat(all, little(4, Float.floatToRawIntBits(value)));
    }
    return value(key, 9, all);
  }

  public GgufWriter alignment(int bytes) {
    alignment = bytes;
    return u32("general.alignment", bytes);
  }

  /**
   * A tensor.
   *
   * @param shape row-major, written in reverse
   */
  public GgufWriter tensor(String name, int type, long[] shape, byte[] data) {
    tensors.add(new Entry(name, type, shape, data));
    return this;
  }

  public GgufWriter floats(String name, long[] shape, float... values) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return tensor(name, 0, shape, data.array());
  }

  /** The file. */
  public byte[] toBytes() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(concat(little(4, 3), little(8, tensors.size()), little(8, keys)));
    file.writeBytes(metadata.toByteArray());
    long offset = 0;
    for (Entry entry : tensors) {
      file.writeBytes(concat(text(entry.name()), little(4, entry.shape().length)));
      for (int d = entry.shape().length - 1; d >= 0; d--) {
        file.writeBytes(little(8, entry.shape()[d]));
      }
      file.writeBytes(concat(little(4, entry.type()), little(8, offset)));
      offset = aligned(offset + entry.data().length);
    }
    for (Entry entry : tensors) {
      file.writeBytes(new byte[(int) (aligned(file.size()) - file.size())]);
      file.writeBytes(entry.data());
    }
    return file.toByteArray();
  }

  private long aligned(long offset) {
    return Math.ceilDiv(offset, alignment) * alignment;
  }
}
