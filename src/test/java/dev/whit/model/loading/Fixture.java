package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointReader;
import dev.whit.kernel.Kernels;
import dev.whit.model.Decoder;
import dev.whit.model.ModelConfig;
import java.nio.file.Path;

/** A small model directory of ours, whose tensors a test edits before it is loaded. */
final class Fixture implements AutoCloseable {
  private static final Path DIRECTORY = Path.of("src/test/resources/golden");

  final EditedCheckpoint checkpoint;
  private final ConfigSection section;
  private final Family family;

  private Fixture(Path directory) {
    checkpoint = new EditedCheckpoint(CheckpointReader.open(directory));
    ConfigSection config = ConfigSection.read(directory.resolve("config.json"));
    family = Family.of(config);
    section = family.section(config);
  }

  static Fixture of(String model) {
    return new Fixture(directory(model));
  }

  static Path directory(String model) {
    return DIRECTORY.resolve(model);
  }

  ModelConfig config() {
    return family.parser().parse(section, family);
  }

  ModelTensors find() {
    return ModelTensors.find(new TensorTable(checkpoint), config(), family.tensors());
  }

  ModelSummary summary() {
    return Summaries.summarise(config(), find(), null, section.assumed());
  }

  Decoder build(Kernels kernels) {
    return new DecoderBuilder(
            config(), kernels, Turns.NOBODY_ELSE, family.tensors().normOffset(), HeadType.STORED)
        .build(find(), (ready, total) -> {});
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
