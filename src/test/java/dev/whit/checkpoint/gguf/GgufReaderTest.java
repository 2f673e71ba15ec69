package dev.whit.checkpoint.gguf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.GgufWriter;
import dev.whit.checkpoint.InMemoryFile;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class GgufReaderTest {
  private static GgufReader.Contents read(GgufWriter writer) {
    return GgufReader.read(InMemoryFile.of(writer.toBytes()));
  }

  private static void assertRefused(GgufWriter writer, String reason) {
    assertRefused(writer.toBytes(), reason);
  }

  private static void assertRefused(byte[] file, String reason) {
    assertThatThrownBy(() -> GgufReader.read(InMemoryFile.of(file)))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(reason);
  }

  /** A file with the eight bytes at an offset replaced. */
  private static byte[] with(byte[] file, int offset, long value) {
    byte[] changed = file.clone();
    for (int i = 0; i < Long.BYTES; i++) {
      changed[offset + i] = (byte) (value >>> (8 * i));
    }
    return changed;
  }

  @Test
  void readsValuesOfEveryType() {
    byte[] eight = {1, 2, 3, 4, 5, 6, 7, (byte) 0x80};
    GgufMetadata metadata =
        read(new GgufWriter()
                .value("u8", 0, new byte[] {(byte) 0xff})
                .value("i8", 1, new byte[] {(byte) 0xff})
                .value("u16", 2, new byte[] {0, (byte) 0x80})
                .value("i16", 3, new byte[] {0, (byte) 0x80})
                .u32("u32", 0xffff_ffffL)
                .value("i32", 5, new byte[] {-2, -1, -1, -1})
                .f32("f32", 1.5f)
                .flag("bool", true)
                .string("text", "käse")
                .strings("texts", "a", "", "ö")
                .i32s("ints", 3, -4)
                .f32s("floats", 0.5f, -1)
                .value("u64", 10, eight)
                .value("i64", 11, eight)
                .value("f64", 12, new byte[] {0, 0, 0, 0, 0, 0, (byte) 0xf8, 0x3f}))
            .metadata();
    assertThat(metadata.integer("u8")).hasValue(255);
    assertThat(metadata.integer("i8")).hasValue(-1);
    assertThat(metadata.integer("u16")).hasValue(32768);
    assertThat(metadata.integer("i16")).hasValue(-32768);
    assertThat(metadata.integer("u32")).hasValue(4294967295L);
    assertThat(metadata.integer("i32")).hasValue(-2);
    assertThat(metadata.integer("i64")).hasValue(0x8007_0605_0403_0201L);
    assertThat(metadata.number("f32")).hasValue(1.5);
    assertThat(metadata.number("f64")).hasValue(1.5);
    assertThat(metadata.number("u8")).hasValue(255);
    assertThat(metadata.flag("bool")).contains(true);
    assertThat(metadata.text("text")).contains("käse");
    assertThat(metadata.texts("texts")).containsExactly("a", "", "ö");
    assertThat(metadata.integers("ints")).containsExactly(3, -4);
    assertThat(metadata.floats("floats")).containsExactly(0.5f, -1);
    assertThat(metadata.text("none")).isEmpty();
    assertThat(metadata.texts("none")).isEmpty();
    assertThat(metadata.keys()).hasSize(15).startsWith("u8", "i8");
    assertThatThrownBy(() -> metadata.integer("u64"))
        .hasMessageContaining("u64 is 9225348980303659521: too large");
    assertThatThrownBy(() -> metadata.integer("f32"))
        .hasMessageContaining("metadata key f32 is F32, expected a whole number");
    assertThatThrownBy(() -> metadata.text("texts"))
        .hasMessageContaining("texts is an array of STRING, expected a string");
    assertThatThrownBy(() -> metadata.floats("ints"))
        .hasMessageContaining("ints is an array of I32, expected an array of f32");
    assertThatThrownBy(() -> metadata.integers("u8")).hasMessageContaining("expected an array");
  }

  @Test
  void placesTensorsByRowMajorShape() {
    GgufReader.Contents contents =
        read(
            new GgufWriter()
                .alignment(64)
                .floats("a", new long[] {2, 3}, 1, 2, 3, 4, 5, 6)
                .tensor("b", 26, new long[] {1}, new byte[] {7, 0, 0, 0}));
    assertThat(contents.tensors()).extracting(Tensor::name).containsExactly("a", "b");
    Tensor first = contents.tensors().get(0);
    assertThat(first.shape()).containsExactly(2, 3);
    assertThat(first.offset() % 64).isZero();
    assertThat(TensorData.floats(first)).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(contents.tensors().get(1).dtype()).isEqualTo(DType.I32);
    assertThat(TensorData.longs(contents.tensors().get(1))).containsExactly(7);
  }

  @Test
  void refusesOtherVersions() {
    byte[] file = new GgufWriter().toBytes();
    file[4] = 2;
    assertRefused(file, "is GGUF version 2; only version 3 is read");
    file[4] = 0;
    file[7] = 3;
    assertRefused(file, "it is big-endian");
  }

  @Test
  void refusesCountsThatTheFileCannotHold() {
    byte[] file = new GgufWriter().u32("key", 1).toBytes();
    assertRefused(with(file, 8, Long.MAX_VALUE), "number of tensors is 9223372036854775807");
    assertRefused(with(file, 8, -1), "number of tensors is 18446744073709551615");
    assertRefused(with(file, 16, Long.MIN_VALUE), "number of metadata keys is 9223372036854775808");
    assertRefused(with(file, 24, 1L << 62), "length of a metadata key is 4611686018427387904");
    assertRefused(
        new GgufWriter().value("x", 8, new byte[] {0, 0, 0, 0, 0, 0, 0, 1}), "length of x is");
    assertRefused(
        new GgufWriter().value("x", 9, new byte[] {4, 0, 0, 0, -1, -1, -1, -1, -1, -1, -1, 15}),
        "elements of x is");
  }

  @Test
  void refusesUnknownAndDeeplyNestedValues() {
    assertRefused(new GgufWriter().value("x", 13, new byte[8]), "key x has unknown type 13");
    byte[] nested = new byte[8 * 12];
    for (int i = 0; i < 8; i++) {
      nested[i * 12] = 9;
      nested[i * 12 + 4] = 1;
    }
    assertRefused(new GgufWriter().value("x", 9, nested), "nests arrays deeper than 4");
    assertRefused(new GgufWriter().u32("x", 1).u32("x", 2), "key x is there twice");
  }

  @Test
  void refusesTensorsThatAreNoneOrDoNotFit() {
    assertRefused(
        new GgufWriter().tensor("t", 10, new long[] {256}, new byte[84]),
        "tensor t: is of type Q2_K, which is not read");
    assertRefused(
        new GgufWriter().tensor("t", 99, new long[] {1}, new byte[4]), "is of type number 99");
    assertRefused(
        new GgufWriter().tensor("t", 8, new long[] {33}, new byte[68]),
        "has rows of 33 elements: Q8_0 comes in blocks of 32");
    assertRefused(
        new GgufWriter().tensor("t", 0, new long[] {1L << 40, 1L << 40}, new byte[4]), "too large");
    assertRefused(
        new GgufWriter().tensor("t", 0, new long[] {2, -1}, new byte[4]), "has shape [2, -1]");
    assertRefused(
        new GgufWriter().tensor("t", 0, new long[] {1, 1, 1, 1, 1}, new byte[4]),
        "has 5 dimensions; the limit is 4");
    assertRefused(
        new GgufWriter().tensor("t", 0, new long[] {3}, new byte[8]), "needs 12 bytes at 0");
    assertRefused(
        new GgufWriter().floats("t", new long[] {1}, 1).floats("t", new long[] {1}, 2),
        "tensor t: is there twice");
    assertRefused(new GgufWriter().u32("general.alignment", 0), "general.alignment is 0");
    assertRefused(new GgufWriter().u32("general.alignment", 24), "general.alignment is 24");
  }

  @Test
  void refusesTensorsThatOverlapOrAreNotAligned() {
    byte[] file =
        new GgufWriter().floats("a", new long[] {1}, 1).floats("b", new long[] {1}, 2).toBytes();
    // The last eight bytes of the second entry, before the padding to 96 bytes.
    int offset = 24 + 2 * (8 + 1 + 4 + 8 + 4 + 8) - 8;
    assertRefused(with(file, offset, 0), "they overlap");
    assertRefused(with(file, offset, 4), "no multiple of 32");
    assertRefused(with(file, offset, Long.MAX_VALUE - 31), "truncated?");
    assertRefused(with(file, offset, -32), "they overlap");
    assertThat(Arrays.equals(file, with(file, offset, 32))).isTrue();
  }
}
