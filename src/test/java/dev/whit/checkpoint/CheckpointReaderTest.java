package dev.whit.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files of a directory are taken, and how their tensors join. */
class CheckpointReaderTest {
  private static final byte[] ONE = {1};

  @TempDir private Path directory;

  private Path model;

  @BeforeEach
  void makeModelDirectory() throws IOException {
    model = Files.createDirectory(directory.resolve("model"));
  }

  private void writeSafetensors(String file, String tensor) throws IOException {
    Files.write(model.resolve(file), safetensors(tensor));
  }

  private static byte[] safetensors(String tensor) {
    return new SafetensorsWriter().add(tensor, "U8", new long[] {1}, ONE).toBytes();
  }

  private void writeTorch(String file, String tensor) throws IOException {
    byte[] pickle =
        PickleWriter.stateDict(entries -> entries.text(tensor).tensor("ByteStorage", "0", 1));
    Files.write(model.resolve(file), new TorchZipWriter(pickle).storage("0", ONE).toBytes());
  }

  private void writeIndex(String file, String... shards) throws IOException {
    StringBuilder map = new StringBuilder();
    for (String shard : shards) {
      map.append(map.isEmpty() ? "" : ",").append("\"t%d\":\"%s\"".formatted(map.length(), shard));
    }
    Files.writeString(model.resolve(file), "{\"metadata\":{},\"weight_map\":{" + map + "}}");
  }

  private void assertOpens(String... tensors) {
    try (Checkpoint checkpoint = CheckpointReader.open(model)) {
      assertThat(checkpoint.names()).containsExactly(tensors);
    }
  }

  private CheckpointException refusal() {
    return assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> CheckpointReader.open(model).close())
        .actual();
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.safetensors", "weights.bin", "noextension"})
  void opensAFileByItsContentWhateverItsName(String name) throws IOException {
    writeSafetensors(name, "a");
    writeTorch("torch-" + name, "b");

    try (Checkpoint safetensors = CheckpointReader.open(model.resolve(name));
        Checkpoint torch = CheckpointReader.open(model.resolve("torch-" + name))) {
      assertThat(safetensors.names()).containsExactly("a");
      assertThat(safetensors.source()).isEqualTo(model.resolve(name));
      assertThat(safetensors.files()).containsExactly(model.resolve(name));
      assertThat(torch.names()).containsExactly("b");
    }
  }

  @Test
  void closingUnmapsTheFileAndMayBeRepeated() throws IOException {
    writeSafetensors("model.safetensors", "a");
    Checkpoint checkpoint = CheckpointReader.open(model);
    Tensor tensor = checkpoint.find("a").orElseThrow();

    checkpoint.close();
    checkpoint.close();

    assertThatIllegalStateException().isThrownBy(() -> TensorData.floats(tensor));
  }

  @Test
  void prefersTheWellKnownNamesInTheirOrder() throws IOException {
    writeTorch("quantized.pt", "only");
    writeSafetensors("golden.safetensors", "other");
    assertOpens("only");
    writeTorch("model_state.pt", "state");
    assertOpens("state");
    writeTorch("pytorch_model.bin", "bin");
    assertOpens("bin");
    writeSafetensors("model.safetensors", "safe");
    assertOpens("safe");
  }

  @Test
  void takesTheOnlySafetensorsFile() throws IOException {
    writeSafetensors("quantized.safetensors", "a");

    assertOpens("a");
  }

  @Test
  void joinsTheShardsOfAnIndex() throws IOException {
    writeSafetensors("model-1.safetensors", "a");
    writeSafetensors("model-2.safetensors", "b");
    writeSafetensors("unrelated.safetensors", "c");
    writeIndex("model.safetensors.index.json", "model-1.safetensors", "model-2.safetensors");

    assertOpens("a", "b");
    try (Checkpoint checkpoint = CheckpointReader.open(model)) {
      assertThat(checkpoint.source()).isEqualTo(model);
      assertThat(checkpoint.files())
          .containsExactly(
              model.resolve("model-1.safetensors"), model.resolve("model-2.safetensors"));
      assertThat(checkpoint.find("b").orElseThrow().file())
          .isEqualTo(model.resolve("model-2.safetensors"));
      assertThat(checkpoint.find("c")).isEmpty();
    }
  }

  @Test
  void joinsTorchShards() throws IOException {
    writeTorch("pytorch_model-1.bin", "a");
    writeTorch("pytorch_model-2.bin", "b");
    writeIndex("pytorch_model.bin.index.json", "pytorch_model-1.bin", "pytorch_model-2.bin");

    assertOpens("a", "b");
  }

  @Test
  void takesTheKeysFromTheFileNotFromItsIndex() throws IOException {
    writeSafetensors("model.safetensors", "model.layers.0.V_packed");
    writeIndex("model.safetensors.index.json", "model.safetensors");

    assertOpens("model.layers.0.V_packed");
  }

  @Test
  void prefersTheWholeFileToAnIndexOfOthers() throws IOException {
    writeSafetensors("model.safetensors", "a");
    writeSafetensors("model-1.safetensors", "b");
    writeIndex("model.safetensors.index.json", "model-1.safetensors");

    assertOpens("a");
  }

  @Test
  void takesAllShardsWhenTheWholeFileIsOneOfThem() throws IOException {
    writeSafetensors("model.safetensors", "a");
    writeSafetensors("model-1.safetensors", "b");
    writeIndex("model.safetensors.index.json", "model.safetensors", "model-1.safetensors");

    assertOpens("a", "b");
  }

  @Test
  void followsTheLinksOfAHuggingFaceCache() throws IOException {
    Path blobs = Files.createDirectory(directory.resolve("blobs"));
    Files.write(blobs.resolve("0a1b"), safetensors("a"));
    Files.write(blobs.resolve("2c3d"), safetensors("b"));
    Files.createSymbolicLink(model.resolve("model-1.safetensors"), Path.of("../blobs/0a1b"));
    Files.createSymbolicLink(model.resolve("model-2.safetensors"), Path.of("../blobs/2c3d"));
    writeIndex("model.safetensors.index.json", "model-1.safetensors", "model-2.safetensors");

    assertOpens("a", "b");
  }

  @Test
  void refusesOneNameInTwoShards() throws IOException {
    writeSafetensors("model-1.safetensors", "a");
    writeSafetensors("model-2.safetensors", "a");
    writeIndex("model.safetensors.index.json", "model-1.safetensors", "model-2.safetensors");

    assertThat(refusal().getMessage())
        .endsWith("model-2.safetensors: tensor a: is also in model-1.safetensors");
  }

  @Test
  void refusesAnIndexThatNamesAMissingFile() throws IOException {
    writeSafetensors("model-1.safetensors", "a");
    writeIndex("model.safetensors.index.json", "model-1.safetensors", "model-2.safetensors");

    assertThat(refusal().getMessage())
        .endsWith("model.safetensors.index.json: names model-2.safetensors, which is missing");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../secret.safetensors",
        "..",
        ".",
        "",
        "/etc/passwd",
        "sub/model.safetensors",
        "..\\\\secret.safetensors",
        "C:secret.safetensors",
        "model\\u0000.safetensors"
      })
  void refusesAnIndexThatLeadsOutOfItsDirectory(String name) throws IOException {
    Files.write(directory.resolve("secret.safetensors"), safetensors("secret"));
    writeIndex("model.safetensors.index.json", name);

    assertThat(refusal().reason()).contains("which is not a plain file name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{\"weight_map\":[]}",
        "{\"weight_map\":{\"a\":1}}",
        "{\"weight_map\":{\"a\":\"x\",\"a\":\"y\"}}",
        "{\"weight_map\":{\"a\":\"x\"}"
      })
  void refusesAMalformedIndex(String index) throws IOException {
    Files.writeString(model.resolve("model.safetensors.index.json"), index);

    assertThat(refusal().reason()).startsWith("the shard index is not valid");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"weight_map\":{}}", "{\"metadata\":{\"weight_map\":{}}}"})
  void refusesAnIndexWithoutFiles(String index) throws IOException {
    Files.writeString(model.resolve("model.safetensors.index.json"), index);

    assertThat(refusal().reason()).isEqualTo("names no shard file in weight_map");
  }

  @Test
  void refusesToChooseAmongSeveralFilesAndNamesThem() throws IOException {
    writeTorch("low.pt", "a");
    writeTorch("high.pth", "b");

    assertThat(refusal().reason()).contains("several checkpoints", "high.pth, low.pt");
  }

  @Test
  void refusesADirectoryWithoutACheckpoint() throws IOException {
    Files.writeString(model.resolve("config.json"), "{}");

    assertThat(refusal().reason()).startsWith("holds no checkpoint");
  }

  @Test
  void refusesADirectoryWithAGgufFileInsteadOfGuessing() throws IOException {
    Files.writeString(model.resolve("model.gguf"), "GGUF....................");
    writeSafetensors("golden.safetensors", "a");

    assertThat(refusal().file()).hasFileName("model.gguf");
  }

  @Test
  void refusesWhatDoesNotExist() {
    Path missing = model.resolve("missing");

    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> CheckpointReader.open(missing))
        .withMessage(missing + ": does not exist");
  }

  @Test
  void refusesADirectoryInTheFilesPlace() throws IOException {
    Files.createDirectory(model.resolve("model.safetensors"));

    assertThat(refusal().reason()).isEqualTo("is not a regular file");
  }
}
