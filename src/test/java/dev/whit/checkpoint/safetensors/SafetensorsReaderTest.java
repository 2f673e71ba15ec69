package dev.whit.checkpoint.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.InMemoryFile;
import dev.whit.checkpoint.SafetensorsWriter;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One test per way a safetensors file can be bad, after those of the reference. */
class SafetensorsReaderTest {
  private static final long[] SCALAR = {};

  private static List<Tensor> read(byte[] bytes) {
    return SafetensorsReader.read(InMemoryFile.of(bytes));
  }

  private static CheckpointException refusal(String header, int dataBytes) {
    return refusal(SafetensorsWriter.file(header, dataBytes));
  }

  private static CheckpointException refusal(byte[] bytes) {
    return assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> read(bytes))
        .actual();
  }

  @Test
  void readsTensorsInTheOrderOfTheirBytes() {
    byte[] file =
        new SafetensorsWriter()
            .addHeader("\"__metadata__\":{\"format\":\"pt\"}")
            .add("b", "I16", new long[] {1, 2}, new byte[] {1, 0, -1, -1})
            .add("a", "U8", SCALAR, new byte[] {(byte) 200})
            .toBytes();

    List<Tensor> tensors = read(file);

    assertThat(tensors).extracting(Tensor::name).containsExactly("b", "a");
    Tensor b = tensors.getFirst();
    assertThat(b.dtype()).isEqualTo(DType.I16);
    assertThat(b.shape()).containsExactly(1, 2);
    assertThat(b.strides()).containsExactly(2, 1);
    assertThat(b.offset()).isEqualTo(file.length - 5);
    assertThat(TensorData.longs(b)).containsExactly(1, -1);
    assertThat(tensors.getLast().elements()).isOne();
    assertThat(TensorData.longs(tensors.getLast())).containsExactly(200);
  }

  static Set<DType> plain() {
    return DType.PLAIN;
  }

  @Test
  void refusesTypesOfOtherContainers() {
    byte[] file =
        SafetensorsWriter.file(
            "{\"a\":{\"dtype\":\"Q8_0\",\"shape\":[32],\"data_offsets\":[0,34]}}", 34);
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> SafetensorsReader.read(InMemoryFile.of(file)))
        .withMessageContaining("dtype Q8_0 is not one of");
  }

  @ParameterizedTest
  @MethodSource("plain")
  void readsEveryDtype(DType dtype) {
    byte[] file =
        new SafetensorsWriter()
            .add("x", dtype.name(), new long[] {3}, new byte[3 * dtype.bytes()])
            .toBytes();

    assertThat(read(file).getFirst().dtype()).isEqualTo(dtype);
  }

  @Test
  void readsAnEmptyHeader() {
    assertThat(read(SafetensorsWriter.file("{}", 0))).isEmpty();
  }

  @Test
  void readsAHeaderPaddedWithSpaces() {
    assertThat(read(SafetensorsWriter.file("{}      ", 0))).isEmpty();
  }

  @Test
  void readsTensorsWithoutElements() {
    byte[] file =
        new SafetensorsWriter()
            .add("before", "F32", new long[] {2, 0}, new byte[0])
            .add("x", "F32", new long[] {1}, new byte[4])
            .add("after", "F32", new long[] {0}, new byte[0])
            .toBytes();

    assertThat(read(file)).extracting(Tensor::elements).containsExactlyInAnyOrder(0L, 1L, 0L);
  }

  @Test
  void refusesAHeaderTooLarge() {
    byte[] file = SafetensorsWriter.claimHeaderLength(SafetensorsWriter.file("{}", 0), 100_000_001);

    assertThat(refusal(file).reason()).contains("header of 100000001 bytes", "limit is 100000000");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void refusesAHeaderLengthBeyond63Bits(long length) {
    byte[] file = SafetensorsWriter.claimHeaderLength(SafetensorsWriter.file("{}", 0), length);

    assertThat(refusal(file).reason()).contains("header of " + Long.toUnsignedString(length));
  }

  @Test
  void refusesAHeaderLongerThanTheFile() {
    byte[] file = SafetensorsWriter.claimHeaderLength(SafetensorsWriter.file("{}", 0), 99_999_999);

    assertThat(refusal(file).reason()).contains("99999999 bytes", "the file has only 10");
  }

  @Test
  void refusesAFileTooShortForTheHeaderLength() {
    assertThat(refusal(new byte[7]).reason()).contains("has only 7");
  }

  @Test
  void refusesAHeaderThatIsNotUtf8() {
    byte[] file = SafetensorsWriter.file("{\"a\":1}", 0);
    file[10] = (byte) 0xff;

    assertThat(refusal(file).reason()).contains("not valid UTF-8");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "1", "{", "{\"a\"", "{\"a\":}", "nul", "", "{}{}", "{} x"})
  void refusesAHeaderThatIsNotOneJsonObject(String header) {
    assertThat(refusal(header, 0).reason()).startsWith("the safetensors header is not valid");
  }

  @Test
  void refusesDeepNesting() {
    String deep = "{\"a\":{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}}";

    assertThat(refusal(deep, 0).reason()).contains("nesting depth");
  }

  @Test
  void refusesADuplicateName() {
    String tensor = "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}";

    assertThat(refusal("{" + tensor + "," + tensor + "}", 0).reason()).contains("Duplicate", "'a'");
  }

  @Test
  void refusesADuplicateMember() {
    assertThat(
            refusal(
                    "{\"a\":{\"dtype\":\"U8\",\"dtype\":\"I8\",\"shape\":[0],"
                        + "\"data_offsets\":[0,0]}}",
                    0)
                .reason())
        .contains("Duplicate", "'dtype'");
  }

  @Test
  void refusesMetadataOtherThanStrings() {
    assertThat(refusal("{\"__metadata__\":{\"a\":1}}", 0).reason()).contains("__metadata__");
    assertThat(refusal("{\"__metadata__\":[]}", 0).reason()).contains("expected an object");
  }

  @ParameterizedTest
  @ValueSource(strings = {"F8_E4M3", "F8_E5M2", "F4", "C64", "f32", "", "\\n"})
  void refusesAnUnknownDtypeByName(String dtype) {
    CheckpointException refusal =
        refusal(
            "{\"a\":{\"dtype\":\"%s\",\"shape\":[1],\"data_offsets\":[0,1]}}".formatted(dtype), 1);

    assertThat(refusal.tensor()).isEqualTo("a");
    assertThat(refusal.reason()).startsWith("dtype " + dtype.replace("\\n", "?") + " is not one");
    assertThat(refusal.getMessage()).doesNotContain("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":{\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"a\":{\"dtype\":\"U8\",\"data_offsets\":[0,1]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1,1]}}"
      })
  void refusesAMissingMember(String header) {
    assertThat(refusal(header, 1).reason()).startsWith("needs dtype, shape and data_offsets");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":7}",
        "{\"a\":{\"dtype\":7,\"shape\":[1],\"data_offsets\":[0,1]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":1,\"data_offsets\":[0,1]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1.0],\"data_offsets\":[0,1]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[\"1\"],\"data_offsets\":[0,1]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,null]}}",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[18446744073709551616],\"data_offsets\":[0,1]}}"
      })
  void refusesAMemberOfTheWrongType(String header) {
    assertThat(refusal(header, 1).reason()).startsWith("the safetensors header is not valid");
  }

  @Test
  void refusesANegativeExtent() {
    assertThat(
            refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[-1,-1],\"data_offsets\":[0,1]}}", 1)
                .reason())
        .isEqualTo("negative extent in shape [-1, -1]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[-1,0]", "[1,0]", "[-2,-1]"})
  void refusesOffsetsThatAreNoRange(String offsets) {
    assertThat(
            refusal(
                    "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":%s}}"
                        .formatted(offsets),
                    1)
                .reason())
        .contains("are not a range");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[4611686018427387904,4]",
        "[9223372036854775807,2]",
        "[4294967296,4294967296]",
        "[4611686018427387904,4,0]"
      })
  void refusesAShapeWhoseSizeOverflows(String shape) {
    assertThat(
            refusal(
                    "{\"a\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[0,0]}}"
                        .formatted(shape),
                    0)
                .reason())
        .contains("overflows");
  }

  @Test
  void refusesASpanOtherThanTheShapes() {
    CheckpointException refusal =
        refusal("{\"a\":{\"dtype\":\"F32\",\"shape\":[2,3],\"data_offsets\":[0,20]}}", 20);

    assertThat(refusal.tensor()).isEqualTo("a");
    assertThat(refusal.reason()).isEqualTo("F32 [2, 3] takes 24 bytes but data_offsets span 20");
  }

  @Test
  void refusesOverlappingTensors() {
    String header =
        """
        {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
         "b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}\
        """;

    assertThat(refusal(header, 6).reason()).contains("begin at 2", "end at 4", "overlap");
  }

  @Test
  void refusesTensorsThatShareTheirBytes() {
    String header =
        """
        {"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},
         "b":{"dtype":"U8","shape":[4],"data_offsets":[0,4]}}\
        """;

    assertThat(refusal(header, 4).reason()).contains("overlap");
  }

  @Test
  void refusesAHole() {
    String header =
        """
        {"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]},
         "b":{"dtype":"U8","shape":[2],"data_offsets":[3,5]}}\
        """;

    assertThat(refusal(header, 5).reason()).contains("begin at 3", "end at 2", "hole");
  }

  @Test
  void refusesAHoleAtTheStart() {
    assertThat(
            refusal("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}}", 2).reason())
        .contains("hole");
  }

  @Test
  void refusesTrailingBytes() {
    byte[] file =
        SafetensorsWriter.file(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]}}", 3);

    CheckpointException refusal = refusal(file);

    assertThat(refusal.reason()).isEqualTo("2 bytes after the last tensor belong to none");
    assertThat(refusal.offset()).isEqualTo(file.length - 2);
  }

  @Test
  void refusesTensorsBeyondTheFile() {
    CheckpointException refusal =
        refusal(
            "{\"a\":{\"dtype\":\"U8\",\"shape\":[4294967296],\"data_offsets\":[0,4294967296]}}", 3);

    assertThat(refusal.reason()).contains("end at 4294967296", "only 3 bytes of data", "truncated");
  }
}
