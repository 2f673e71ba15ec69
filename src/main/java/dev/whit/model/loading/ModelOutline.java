package dev.whit.model.loading;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.model.ModelConfig;
import dev.whit.model.NormConfig;
import dev.whit.model.loading.TensorNames.Part;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The modules that a checkpoint for a configuration has, before there is one: what to write so that
 * {@link ModelLoader} finds everything it looks for. Projections that a family may fuse are apart,
 * biases of linear layers are left out: both are the checkpoint's choice.
 *
 * @param config what the configuration says
 * @param neutralNorm the stored weight with which a norm scales by 1
 * @param modules all of them, in order of use
 */
public record ModelOutline(ModelConfig config, float neutralNorm, List<NamedModule> modules) {
  /** What a module does with its tensors. */
  public enum Role {
    /** A table of rows: weight [outputs, inputs]. */
    TABLE,
    /** A linear layer that methods factorise: weight [outputs, inputs] where it is dense. */
    LINEAR,
    /** The output head, never factorised. */
    HEAD,
    /** RMSNorm: weight [outputs]. */
    RMS_NORM,
    /** LayerNorm: weight and bias [outputs]. */
    LAYER_NORM
  }

  /**
   * A module.
   *
   * @param name what its tensors' names begin with, before ".weight"
   * @param inputs 1 for a norm
   */
  public record NamedModule(Role role, String name, int outputs, int inputs) {}

  public ModelOutline {
    modules = List.copyOf(modules);
  }

  /**
   * Of what a {@code config.json} holds.
   *
   * @param source where it is from, for messages
   * @throws CheckpointException when it cannot be served
   */
  public static ModelOutline of(Path source, ObjectNode content) {
    ConfigSection file = ConfigSection.of(source, content);
    Family family = Family.of(file);
    ModelConfig config = family.parser().parse(family.section(file), family);
    Builder builder = new Builder(config, family.tensors());
    builder.addAll();
    return new ModelOutline(config, 1 - family.tensors().normOffset(), builder.modules);
  }

  /** Adds the modules one after another. */
  private static final class Builder {
    private final ModelConfig config;
    private final TensorNames names;
    private final List<NamedModule> modules = new ArrayList<>();

    Builder(ModelConfig config, TensorNames names) {
      this.config = config;
      this.names = names;
    }

    void addAll() {
      String root = names.roots().getFirst();
      int width = config.hiddenSize();
      boolean projected = config.embeddingSize() != width;
      add(Role.TABLE, root, Part.EMBEDDING, config.vocabSize(), config.embeddingSize());
      config
          .learnedPositions()
          .ifPresent(
              first -> add(Role.TABLE, root, Part.POSITIONS, first + config.maxPositions(), width));
      if (projected) {
        add(Role.LINEAR, root, Part.PROJECT_IN, width, config.embeddingSize());
      }
      for (int l = 0; l < config.layers().size(); l++) {
        addLayer(root + names.of(Part.LAYERS) + "." + l + ".");
      }
      if (config.norms().last()) {
        addNorm(root, Part.FINAL_NORM, width);
      }
      if (projected) {
        add(Role.LINEAR, root, Part.PROJECT_OUT, config.embeddingSize(), width);
      }
      if (!config.tiedHead()) {
        add(Role.HEAD, "", Part.HEAD, config.vocabSize(), config.embeddingSize());
      }
    }

    private void addLayer(String layer) {
      NormConfig norms = config.norms();
      int width = config.hiddenSize();
      boolean outputNorms = norms.placement() == NormConfig.Placement.SANDWICH;
      addNorm(layer, Part.ATTENTION_NORM, width);
      add(Role.LINEAR, layer, Part.QUERY, config.queryWidth(), width);
      add(Role.LINEAR, layer, Part.KEY, config.kvWidth(), width);
      add(Role.LINEAR, layer, Part.VALUE, config.kvWidth(), width);
      if (norms.queryKey()) {
        add(Role.RMS_NORM, layer, Part.QUERY_NORM, config.headDim(), 1);
        add(Role.RMS_NORM, layer, Part.KEY_NORM, config.headDim(), 1);
      }
      add(Role.LINEAR, layer, Part.OUTPUT, width, config.queryWidth());
      if (outputNorms) {
        addNorm(layer, Part.ATTENTION_OUTPUT_NORM, width);
      }
      addNorm(layer, Part.MLP_NORM, width);
      if (config.gated()) {
        add(Role.LINEAR, layer, Part.GATE, config.intermediateSize(), width);
      }
      add(Role.LINEAR, layer, Part.UP, config.intermediateSize(), width);
      add(Role.LINEAR, layer, Part.DOWN, width, config.intermediateSize());
      if (outputNorms) {
        addNorm(layer, Part.MLP_OUTPUT_NORM, width);
      }
    }

    private void addNorm(String prefix, Part part, int width) {
      Role role =
          switch (config.norms().kind()) {
            case RMS -> Role.RMS_NORM;
            case LAYER -> Role.LAYER_NORM;
          };
      add(role, prefix, part, width, 1);
    }

    private void add(Role role, String prefix, Part part, int outputs, int inputs) {
      modules.add(new NamedModule(role, prefix + names.of(part), outputs, inputs));
    }
  }
}
