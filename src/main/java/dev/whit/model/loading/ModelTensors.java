package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.Tensor;
import dev.whit.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Every tensor of a model, found by its family's names and checked against its configuration, not
 * yet read.
 *
 * @param embedding [vocabulary, hidden]
 * @param finalNorm [hidden]
 * @param head [vocabulary, hidden]; absent when the embedding is the head
 * @param unasked names in the checkpoint that the model does not use
 */
record ModelTensors(
    Tensor embedding,
    List<Layer> layers,
    Tensor finalNorm,
    Optional<LinearTensors> head,
    List<String> unasked) {

  /** The tensors of one layer. */
  record Layer(
      Tensor inputNorm,
      LinearTensors query,
      LinearTensors key,
      LinearTensors value,
      LinearTensors output,
      Tensor postAttentionNorm,
      LinearTensors gate,
      LinearTensors up,
      LinearTensors down) {

    /** Its linear layers, in order of use. */
    List<LinearTensors> linears() {
      return List.of(query, key, value, output, gate, up, down);
    }
  }

  /** All norm weights. */
  Stream<Tensor> norms() {
    return Stream.concat(
        layers.stream().flatMap(l -> Stream.of(l.inputNorm(), l.postAttentionNorm())),
        Stream.of(finalNorm));
  }

  /** All linear layers but the head. */
  Stream<LinearTensors> linears() {
    return layers.stream().flatMap(layer -> layer.linears().stream());
  }

  /**
   * Finds them.
   *
   * @throws CheckpointException when one is missing, or contradicts the configuration or another
   */
  static ModelTensors find(TensorTable tensors, ModelConfig config, TensorNames names) {
    return new Finder(tensors, config, names).find();
  }

  private static final class Finder {
    private static final String ONLY_LAST =
        "; the file has factors of the last layer only: NanoQuant's fallback writer leaves such"
            + " files, those of the other layers are lost";

    private final TensorTable tensors;
    private final ModelConfig config;
    private final TensorNames names;
    private final LinearTensorReader linears;
    private final String root;
    private final Extent hidden;
    private final Extent vocabulary;
    private final Extent queries;
    private final Extent keys;
    private final Extent intermediate;

    Finder(TensorTable tensors, ModelConfig config, TensorNames names) {
      this.tensors = tensors;
      this.config = config;
      this.names = names;
      linears = new LinearTensorReader(tensors);
      // Checkpoints of the bare model leave the prefix out.
      root = tensors.contains(names.embedding()) ? "" : "model.";
      hidden = new Extent(config.hiddenSize(), "hidden_size");
      vocabulary = new Extent(config.vocabSize(), "vocab_size");
      queries = new Extent(config.queryWidth(), "num_attention_heads * head_dim");
      keys = new Extent(config.kvWidth(), "num_key_value_heads * head_dim");
      intermediate = new Extent(config.intermediateSize(), "intermediate_size");
    }

    ModelTensors find() {
      requireLinears();
      Tensor embedding =
          LinearTensorReader.requireDense(
              tensors.require(root + names.embedding(), "the token embedding"), vocabulary, hidden);
      List<Layer> layers = new ArrayList<>();
      for (int l = 0; l < config.layers().size(); l++) {
        layers.add(layer(l));
      }
      Tensor finalNorm = norm(root + names.finalNorm());
      Optional<LinearTensors> head = head();
      return new ModelTensors(embedding, List.copyOf(layers), finalNorm, head, tensors.unasked());
    }

    private Layer layer(int index) {
      return new Layer(
          norm(inLayer(index, names.inputNorm())),
          linear(index, names.query(), queries, hidden),
          linear(index, names.key(), keys, hidden),
          linear(index, names.value(), keys, hidden),
          linear(index, names.output(), hidden, queries),
          norm(inLayer(index, names.postAttentionNorm())),
          linear(index, names.gate(), intermediate, hidden),
          linear(index, names.up(), intermediate, hidden),
          linear(index, names.down(), hidden, intermediate));
    }

    private String inLayer(int index, String name) {
      return root + names.layers() + "." + index + "." + name;
    }

    private Tensor norm(String name) {
      return TensorTable.requireFloats(tensors.require(name, "a norm's weight"), hidden);
    }

    private LinearTensors linear(int index, String module, Extent outputs, Extent inputs) {
      return linears.read(inLayer(index, module), outputs, inputs);
    }

    /**
     * Fails for a layer without weights, before anything else can be missed: NanoQuant's fallback
     * writer leaves files with the factors of the last layer and nothing else.
     */
    private void requireLinears() {
      for (int l = 0; l < config.layers().size(); l++) {
        for (String module : names.linears()) {
          String name = inLayer(l, module);
          if (!linears.isFactored(name) && !tensors.contains(name + ".weight")) {
            throw CheckpointException.tensor(
                tensors.source(),
                name,
                "has neither factors nor a dense weight" + (onlyLastLayer() ? ONLY_LAST : ""));
          }
        }
      }
    }

    /** Whether the last layer, and no other, has factors. */
    private boolean onlyLastLayer() {
      int last = config.layers().size() - 1;
      return hasFactors(last) && IntStream.range(0, last).noneMatch(this::hasFactors);
    }

    private boolean hasFactors(int index) {
      return names.linears().stream().anyMatch(m -> linears.isFactored(inLayer(index, m)));
    }

    private Optional<LinearTensors> head() {
      String weight = names.head() + ".weight";
      if (config.tiedHead()) {
        tensors.ignore(weight);
        return Optional.empty();
      }
      if (!tensors.contains(weight)) {
        throw CheckpointException.tensor(
            tensors.source(), weight, "missing: the output head (tie_word_embeddings is false)");
      }
      return Optional.of(linears.read(names.head(), vocabulary, hidden));
    }
  }
}
