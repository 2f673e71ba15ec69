package dev.whit.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.StringJoiner;

/** Writes safetensors files: well-formed from tensors, or any header over any data. */
public final class SafetensorsWriter {
  private final StringJoiner header = new StringJoiner(",", "{", "}");
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();

  /** Adds a tensor behind those before it. */
  public SafetensorsWriter add(String name, String dtype, long[] shape, byte[] bytes) {
    int begin = data.size();
    data.writeBytes(bytes);
    header.add(
        "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(name, dtype, Arrays.toString(shape), begin, data.size()));
    return this;
  }

  /** Adds a member to the header as it is. */
  public SafetensorsWriter addHeader(String member) {
    header.add(member);
    return this;
  }

  public byte[] toBytes() {
    return file(header.toString(), data.size(), data.toByteArray());
  }

  /** A file of that header and so many zero bytes of data. */
  public static byte[] file(String header, int dataBytes) {
    return file(header, dataBytes, new byte[0]);
  }

  private static byte[] file(String header, int dataBytes, byte[] data) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .put(data)
        .array();
  }

  /** Replaces the length of the header that a file claims. */
  public static byte[] claimHeaderLength(byte[] file, long length) {
    ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
    return file;
  }
}
