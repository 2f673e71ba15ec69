package dev.whit.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.InMemoryFile;
import dev.whit.checkpoint.PickleWriter;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import dev.whit.checkpoint.TorchZipWriter;
import dev.whit.checkpoint.ZipWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** State dicts as torch.save writes them, and one test per way in which a tensor can be bad. */
class TorchZipReaderTest {
  private static final byte[] SIX_SHORTS = shorts(0, 1, 2, 3, 4, 5);

  private static byte[] shorts(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int value : values) {
      bytes.putShort((short) value);
    }
    return bytes.array();
  }

  private static List<Tensor> read(byte[] bytes) {
    return TorchZipReader.read(InMemoryFile.of(bytes));
  }

  private static CheckpointException refusal(byte[] bytes) {
    return assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> read(bytes))
        .actual();
  }

  /** A file with one view "w" of a storage of six 16-bit integers. */
  private static byte[] view(long elements, long offset, long[] shape, long[] strides) {
    byte[] pickle =
        PickleWriter.stateDict(entries ->
            entries.text("w").tensor("ShortStorage", "0", elements, offset, shape, strides));
    return new TorchZipWriter(pickle).storage("0", SIX_SHORTS).toBytes();
  }

  private static long[] longs(long... values) {
    return values;
  }

  @Test
  void readsAContiguousTensor() {
    byte[] file = view(6, 0, longs(2, 3), longs(3, 1));

    Tensor tensor = read(file).getFirst();

    assertThat(tensor.name()).isEqualTo("w");
    assertThat(tensor.describe()).isEqualTo("I16 [2, 3]");
    assertThat(tensor.isContiguous()).isTrue();
    assertThat(TensorData.longs(tensor)).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(tensor.offset() % 64).isZero();
    assertThat(file[(int) tensor.offset() + 2]).isEqualTo((byte) 1);
  }

  @Test
  void honoursOffsetAndStride() {
    Tensor column = read(view(6, 1, longs(2), longs(3))).getFirst();
    Tensor transposed = read(view(6, 0, longs(3, 2), longs(1, 3))).getFirst();

    assertThat(TensorData.longs(column)).containsExactly(1, 4);
    assertThat(TensorData.longs(transposed)).containsExactly(0, 3, 1, 4, 2, 5);
  }

  @Test
  void readsScalarsAndTensorsWithoutElements() {
    assertThat(TensorData.longs(read(view(6, 5, longs(), longs())).getFirst())).containsExactly(5);
    assertThat(TensorData.longs(read(view(6, 6, longs(0), longs(1))).getFirst())).isEmpty();
  }

  @Test
  void readsTensorsThatShareAStorage() {
    byte[] pickle =
        PickleWriter.stateDict(entries -> {
          entries.text("embed").tensor("ShortStorage", "0", 2, 3);
          entries.text("lm_head").tensor("ShortStorage", "0", 2, 3);
        });
    List<Tensor> tensors = read(new TorchZipWriter(pickle).storage("0", SIX_SHORTS).toBytes());

    assertThat(tensors).extracting(Tensor::name).containsExactly("embed", "lm_head");
    assertThat(tensors).extracting(Tensor::offset).containsOnly(tensors.getFirst().offset());
  }

  @ParameterizedTest
  @CsvSource({
    "DoubleStorage, F64",
    "FloatStorage, F32",
    "HalfStorage, F16",
    "BFloat16Storage, BF16",
    "LongStorage, I64",
    "IntStorage, I32",
    "ShortStorage, I16",
    "CharStorage, I8",
    "ByteStorage, U8",
    "BoolStorage, BOOL",
    "UntypedStorage, U8"
  })
  void readsEveryStorageClass(String storageClass, DType dtype) {
    byte[] pickle =
        PickleWriter.stateDict(entries -> entries.text("w").tensor(storageClass, "0", 3));
    byte[] file = new TorchZipWriter(pickle).storage("0", new byte[3 * dtype.bytes()]).toBytes();

    assertThat(read(file).getFirst().dtype()).isEqualTo(dtype);
  }

  @Test
  void skipsWhatIsNoTensor() {
    byte[] pickle =
        PickleWriter.stateDict(entries ->
            entries
                .text("step")
                .integer(7)
                .text("w")
                .tensor("ShortStorage", "0", 6)
                .text("name")
                .text("x"));

    assertThat(read(new TorchZipWriter(pickle).storage("0", SIX_SHORTS).toBytes()))
        .extracting(Tensor::name)
        .containsExactly("w");
  }

  @ParameterizedTest
  @CsvSource({"state_dict", "model"})
  void unwrapsATrainingCheckpoint(String key) {
    PickleWriter pickle = new PickleWriter().protocol(2).raw('}').text("epoch").integer(3).raw('s');
    pickle.text(key).emptyOrderedDict().text("w").tensor("ShortStorage", "0", 6).raw('s', 's');

    assertThat(read(new TorchZipWriter(pickle.toBytes()).storage("0", SIX_SHORTS).toBytes()))
        .extracting(Tensor::name)
        .containsExactly("w");
  }

  @Test
  void readsAFileWithoutByteOrder() {
    ZipWriter zip = new ZipWriter();
    zip.add(
        "quantized/data.pkl",
        PickleWriter.stateDict(entries -> entries.text("w").tensor("ShortStorage", "0", 6)));
    zip.add("quantized/data/0", SIX_SHORTS);

    assertThat(read(zip.toBytes())).hasSize(1);
  }

  @Test
  void refusesBigEndianFiles() {
    TorchZipWriter writer = new TorchZipWriter(PickleWriter.stateDict(entries -> {}));

    assertThat(refusal(writer.byteOrder("big").toBytes()).reason()).startsWith("byte order big");
  }

  @Test
  void refusesAZipFileWithoutAPickle() {
    ZipWriter zip = new ZipWriter();
    zip.add("photo.jpg", new byte[4]);

    assertThat(refusal(zip.toBytes()).reason()).contains("without data.pkl");
  }

  @Test
  void refusesAZipFileWithTwoPickles() {
    ZipWriter zip = new ZipWriter();
    zip.add("a/data.pkl", new byte[4]);
    zip.add("b/data.pkl", new byte[4]);

    assertThat(refusal(zip.toBytes()).reason()).contains("several", "a/data.pkl, b/data.pkl");
  }

  @Test
  void refusesAPickleTooLarge() {
    byte[] pickle = new byte[(64 << 20) + 1];

    assertThat(refusal(new TorchZipWriter(pickle).toBytes()).reason())
        .isEqualTo("pickle of 67108865 bytes; the limit is 67108864");
  }

  @Test
  void refusesAPickleThatIsNoDictOfTensors() {
    byte[] list = new PickleWriter().protocol(2).raw(']').toBytes();

    assertThat(refusal(new TorchZipWriter(list).toBytes()).reason()).contains("no dict of named");
    assertThat(refusal(new TorchZipWriter(PickleWriter.stateDict(e -> {})).toBytes()).reason())
        .contains("no dict of named");
  }

  @Test
  void refusesADisallowedGlobalAtItsByteInTheFile() {
    byte[] pickle = new PickleWriter().protocol(2).global("posix", "system").toBytes();
    byte[] file = new TorchZipWriter(pickle).toBytes();

    CheckpointException refusal = refusal(file);

    assertThat(refusal.reason()).contains("posix.system");
    assertThat((char) file[(int) refusal.offset()]).isEqualTo('c');
    assertThat(refusal.getMessage()).startsWith("models/file: byte " + refusal.offset());
  }

  @Test
  void refusesAMissingStorage() {
    byte[] pickle =
        PickleWriter.stateDict(entries -> entries.text("w").tensor("IntStorage", "9", 1));
    CheckpointException refusal = refusal(new TorchZipWriter(pickle).toBytes());

    assertThat(refusal.tensor()).isEqualTo("w");
    assertThat(refusal.reason()).isEqualTo("its storage archive/data/9 is missing");
  }

  @ParameterizedTest
  @CsvSource({"5", "7", "0", "3", "4611686018427387910", "9223372036854775807"})
  void refusesAStorageOfAnotherSize(long elements) {
    assertThat(refusal(view(elements, 0, longs(1), longs(1))).reason())
        .isEqualTo(
            "its storage archive/data/0 should hold %d I16 but has 12 bytes".formatted(elements));
  }

  @Test
  void refusesAStorageOfHalfAnElement() {
    byte[] pickle =
        PickleWriter.stateDict(entries -> entries.text("w").tensor("IntStorage", "0", 1));

    assertThat(refusal(new TorchZipWriter(pickle).storage("0", new byte[6]).toBytes()).reason())
        .contains("should hold 1 I32 but has 6 bytes");
  }

  @Test
  void refusesAViewOutsideItsStorage() {
    long max = Long.MAX_VALUE;
    byte[][] files = {
      view(6, 0, longs(7), longs(1)),
      view(6, 1, longs(6), longs(1)),
      view(6, 6, longs(), longs()),
      view(6, 7, longs(0), longs(1)),
      view(6, 0, longs(2, 3), longs(4, 1)),
      view(6, max, longs(1), longs(1)),
      view(6, 0, longs(2), longs(max)),
      view(6, 0, longs(3), longs(max)),
      view(6, 0, longs(max, max), longs(0, 0)),
      view(6, 0, longs(1L << 32, 1L << 32), longs(0, 0)),
      view(6, 1, longs(2, 2), longs(max, max)),
    };

    for (byte[] file : files) {
      CheckpointException refusal = refusal(file);
      assertThat(refusal.tensor()).isEqualTo("w");
      assertThat(refusal.reason()).contains("outside its storage of 6 elements");
    }
  }

  @Test
  void refusesAViewThatRepeatsElements() {
    assertThat(refusal(view(6, 0, longs(7), longs(0))).reason()).contains("outside its storage");
  }
}
