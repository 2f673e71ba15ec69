package dev.whit.tokenizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Reads the fields of one Protocol Buffers message in turn (the wire format of
 * protobuf.dev/programming-guides/encoding). The value of a field is taken with the method for its
 * type, or skipped.
 */
final class ProtobufReader {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final Path file;
  private final ByteBuffer in;

  /** Offset of {@link #in} in the file, for errors. */
  private final long base;

  private int wireType;
  private int field;

  /**
   * Over a whole file.
   *
   * @param file what errors name
   */
  ProtobufReader(Path file, byte[] bytes) {
    this(file, ByteBuffer.wrap(bytes), 0);
  }

  private ProtobufReader(Path file, ByteBuffer in, long base) {
    this.file = file;
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    this.base = base;
  }

  /** Goes to the next field; returns its number, or 0 at the end. */
  int next() {
    if (!in.hasRemaining()) {
      return 0;
    }
    long key = varint();
    wireType = (int) (key & 7);
    long number = key >>> 3;
    if (number < 1 || number > 0x1FFFFFFF) {
      throw failure("field number " + number);
    }
    field = (int) number;
    return field;
  }

  /** The value as an integer, enum or boolean. */
  long integer() {
    expect(VARINT);
    return varint();
  }

  boolean bool() {
    return integer() != 0;
  }

  float float32() {
    expect(FIXED32);
    require(Float.BYTES);
    return in.getFloat();
  }

  byte[] bytes() {
    ByteBuffer value = delimited();
    byte[] bytes = new byte[value.remaining()];
    value.get(bytes);
    return bytes;
  }

  /** The value as text, which must be UTF-8. */
  String string() {
    ByteBuffer value = delimited();
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(value).toString();
    } catch (CharacterCodingException e) {
      throw failure("field " + field + " is not UTF-8");
    }
  }

  /** The value as a message of its own. */
  ProtobufReader message() {
    ByteBuffer value = delimited();
    return new ProtobufReader(file, value, base + in.position() - value.remaining());
  }

  /** Passes over the value. */
  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> advance(Long.BYTES);
      case LENGTH_DELIMITED -> delimited();
      case FIXED32 -> advance(Integer.BYTES);
      default -> throw failure("field " + field + " has the unknown wire type " + wireType);
    }
  }

  private ByteBuffer delimited() {
    expect(LENGTH_DELIMITED);
    long length = varint();
    require(length);
    ByteBuffer value = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return value;
  }

  private void advance(int length) {
    require(length);
    in.position(in.position() + length);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      require(1);
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw failure("an integer of more than 64 bits");
  }

  private void expect(int type) {
    if (wireType != type) {
      throw failure("field %d has the wire type %d instead of %d".formatted(field, wireType, type));
    }
  }

  private void require(long length) {
    if (length < 0 || length > in.remaining()) {
      throw failure("%d bytes wanted where %d are left".formatted(length, in.remaining()));
    }
  }

  private TokenizerException failure(String reason) {
    return new TokenizerException(
        file, "not a SentencePiece model: at byte %d: %s".formatted(base + in.position(), reason));
  }
}
