package dev.whit.model.loading;

import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.CheckpointReader;
import dev.whit.checkpoint.MappedFile;
import dev.whit.checkpoint.gguf.GgufReader;
import dev.whit.kernel.Kernels;
import dev.whit.model.Decoder;
import dev.whit.model.ModelConfig;
import java.lang.foreign.Arena;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Loads models from files, or only looks at them. */
public final class ModelLoader {
  private ModelLoader() {}

  /**
   * Loads a model. Files are mapped; nothing is read through a copy of a whole file.
   *
   * @throws CheckpointException when the files cannot be used; nothing stays open
   */
  public static LoadedModel load(ModelSource source, Kernels kernels, LoadListener progress) {
    return load(source, kernels, HeadType.STORED, progress);
  }

  /** As {@link #load(ModelSource, Kernels, LoadListener)}, with the head kept as given. */
  public static LoadedModel load(
      ModelSource source, Kernels kernels, HeadType head, LoadListener progress) {
    return load(source, kernels, Turns.NOBODY_ELSE, head, progress);
  }

  /**
   * As {@link #load(ModelSource, Kernels, LoadListener)}, with kernels that others use too.
   *
   * @param turns when the kernels may be used, one layer's weights at a time
   * @param head how the head is kept
   */
  public static LoadedModel load(
      ModelSource source, Kernels kernels, Turns turns, HeadType head, LoadListener progress) {
    Description description = Description.read(source);
    Checkpoint checkpoint = CheckpointReader.open(description.files().weights());
    try {
      ModelTensors tensors = description.find(checkpoint);
      ModelSummary summary = description.summary(tensors);
      DecoderBuilder builder =
          new DecoderBuilder(
              description.config(), kernels, turns, description.names().normOffset(), head);
      Decoder decoder = builder.build(tensors, progress);
      return new LoadedModel(
          decoder,
          summary,
          description.files(),
          description.stopTokens(),
          builder.residentBytes(),
          builder.layersCost(),
          builder.headCost(),
          checkpoint);
    } catch (Throwable e) {
      checkpoint.close();
      throw e;
    }
  }

  /**
   * Describes a model from its configuration and the shapes of its tensors, without reading their
   * values.
   *
   * @throws CheckpointException when the files cannot be used
   */
  public static ModelSummary inspect(ModelSource source) {
    Description description = Description.read(source);
    try (Checkpoint checkpoint = CheckpointReader.open(description.files().weights())) {
      return description.summary(description.find(checkpoint));
    }
  }

  /** What a model's configuration files say. */
  private record Description(
      ModelFiles files,
      TensorNames names,
      ModelConfig config,
      Set<Integer> stopTokens,
      @Nullable String licence,
      ConfigSection section) {

    static Description read(ModelSource source) {
      ModelFiles files = source.resolve();
      if (!files.isGguf()) {
        ConfigSection config = ConfigSection.read(files.config());
        Family family = Family.of(config);
        return describe(files, config, family, family.tensors());
      }
      try (Arena arena = Arena.ofConfined()) {
        GgufReader.Contents contents = GgufReader.read(MappedFile.map(files.config(), arena));
        GgufArchitecture architecture = GgufArchitecture.of(contents.metadata());
        ConfigSection config = GgufConfig.of(contents, architecture);
        return describe(files, config, Family.of(config), architecture.tensors());
      }
    }

    private static Description describe(
        ModelFiles files, ConfigSection config, Family family, TensorNames names) {
      ConfigSection section = family.section(config);
      return new Description(
          files,
          names,
          family.parser().parse(section, family),
          StopTokens.read(config, section, files.generationConfig().map(ConfigSection::read)),
          Licence.of(files, config),
          section);
    }

    ModelTensors find(Checkpoint checkpoint) {
      return ModelTensors.find(new TensorTable(checkpoint), config, names);
    }

    ModelSummary summary(ModelTensors tensors) {
      return Summaries.summarise(config, tensors, licence, section.assumed());
    }
  }
}
