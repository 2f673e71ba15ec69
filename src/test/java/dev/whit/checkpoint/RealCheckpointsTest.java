package dev.whit.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Checkpoints that torch, safetensors and the reference packers wrote, where they are at hand. */
class RealCheckpointsTest {
  private static final Path DATA = Path.of(System.getProperty("whit.data", "../shared/data"));

  @BeforeEach
  void requireData() {
    assumeTrue(Files.isDirectory(DATA), () -> "no data in " + DATA.toAbsolutePath());
  }

  @Test
  void everyModelDirectoryOpensAndItsFactorsAgreeWithTheirShapes() throws IOException {
    List<Path> directories = modelDirectories();
    assertThat(directories).hasSizeGreaterThan(30);
    for (Path directory : directories) {
      try (Checkpoint checkpoint = CheckpointReader.open(directory)) {
        assertThat(checkpoint.names()).as("%s", directory).hasSizeGreaterThan(10);
        for (String name : checkpoint.names()) {
          Tensor tensor = find(checkpoint, name);
          assertThat(tensor.data().byteSize())
              .as("%s %s", directory, name)
              .isEqualTo(tensor.elements() * tensor.dtype().bytes());
          if (name.endsWith("_packed")) {
            long[] shape = TensorData.longs(find(checkpoint, name.replace("_packed", "_shape")));
            assertThat(tensor.dtype()).isEqualTo(DType.I32);
            assertThat(tensor.shape()).containsExactly(shape[0], (shape[1] + 31) / 32);
          }
        }
      }
    }
  }

  private static List<Path> modelDirectories() throws IOException {
    try (Stream<Path> golden = Files.walk(DATA.resolve("golden"));
        Stream<Path> demo = Files.walk(DATA.resolve("demo"))) {
      return Stream.concat(golden, demo)
          .filter(path -> path.endsWith("config.json"))
          .map(Path::getParent)
          .sorted()
          .toList();
    }
  }

  @Test
  void oneFileShardsAndTorchsContainerHoldTheSameTensors() {
    Path llama = DATA.resolve("golden/llama");
    try (Checkpoint single = CheckpointReader.open(llama.resolve("dense"));
        Checkpoint sharded = CheckpointReader.open(llama.resolve("dense-sharded"));
        Checkpoint torch = CheckpointReader.open(llama.resolve("dense-bin"))) {
      assertThat(sharded.files()).hasSize(3);
      assertThat(torch.files()).containsExactly(llama.resolve("dense-bin/pytorch_model.bin"));
      assertThat(describe(sharded)).isEqualTo(describe(single));
      assertThat(describe(torch)).isEqualTo(describe(single));
    }
  }

  @Test
  void aHubDirectorysIndexIsNotTakenForTheListOfItsTensors() {
    Path hub = DATA.resolve("golden/llama/nanoquant-dbf-hub");
    try (Checkpoint checkpoint = CheckpointReader.open(hub)) {
      assertThat(checkpoint.files()).containsExactly(hub.resolve("model.safetensors"));
      assertThat(checkpoint.names())
          .contains("model.embed_tokens.weight", "model.layers.0.mlp.down_proj.V_packed");
    }
  }

  private static List<String> describe(Checkpoint checkpoint) {
    return checkpoint.names().stream()
        .map(name -> name + " " + find(checkpoint, name).describe())
        .toList();
  }

  private static Tensor find(Checkpoint checkpoint, String name) {
    return checkpoint.find(name).orElseThrow(() -> new AssertionError(name));
  }
}
