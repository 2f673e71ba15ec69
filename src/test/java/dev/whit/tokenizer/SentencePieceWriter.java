package dev.whit.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes a SentencePiece ModelProto, or any message of the Protocol Buffers wire format. */
public final class SentencePieceWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** A model of type BPE without pieces. */
  public static SentencePieceWriter bpe() {
    return new SentencePieceWriter().message(2, spec -> spec.integer(3, 2));
  }

  SentencePieceWriter piece(String text, float score, TokenType type) {
    return message(1, piece -> piece.text(1, text).float32(2, score).integer(3, type.number()));
  }

  public SentencePieceWriter message(int field, Consumer<SentencePieceWriter> content) {
    SentencePieceWriter message = new SentencePieceWriter();
    content.accept(message);
    return bytes(field, message.toBytes());
  }

  public SentencePieceWriter integer(int field, long value) {
    varint(field << 3);
    varint(value);
    return this;
  }

  public SentencePieceWriter float32(int field, float value) {
    varint((field << 3) | 5);
    out.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array());
    return this;
  }

  public SentencePieceWriter text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  public SentencePieceWriter bytes(int field, byte[] value) {
    varint((field << 3) | 2);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write(((int) rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  public byte[] toBytes() {
    return out.toByteArray();
  }
}
