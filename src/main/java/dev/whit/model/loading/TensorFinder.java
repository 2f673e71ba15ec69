package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.Tensor;
import dev.whit.model.ModelConfig;
import dev.whit.model.NormConfig;
import dev.whit.model.loading.TensorNames.Part;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Finds a model's tensors in a checkpoint, by name and with the shapes its configuration gives. */
final class TensorFinder {
  private static final String ONLY_LAST =
      "; the file has factors of the last layer only: NanoQuant's fallback writer leaves such"
          + " files, those of the other layers are lost";

  private final TensorTable tensors;
  private final ModelConfig config;
  private final TensorNames names;
  private final LinearTensorReader linears;
  private final String root;
  private final Extent embedding;
  private final Extent hidden;
  private final Extent vocabulary;
  private final Extent queries;
  private final Extent keys;
  private final Extent intermediate;
  private final Extent head;

  TensorFinder(TensorTable tensors, ModelConfig config, TensorNames names) {
    this.tensors = tensors;
    this.config = config;
    this.names = names;
    linears = new LinearTensorReader(tensors);
    root =
        names.roots().stream()
            .filter(r -> tensors.contains(r + names.of(Part.EMBEDDING) + ".weight"))
            .findFirst()
            .orElse(names.roots().getFirst());
    embedding = new Extent(config.embeddingSize(), "width of the embedding");
    hidden = new Extent(config.hiddenSize(), "hidden_size");
    vocabulary = new Extent(config.vocabSize(), "vocab_size");
    queries = new Extent(config.queryWidth(), "num_attention_heads * head_dim");
    keys = new Extent(config.kvWidth(), "num_key_value_heads * head_dim");
    intermediate = new Extent(config.intermediateSize(), "intermediate_size");
    head = new Extent(config.headDim(), "head_dim");
  }

  ModelTensors find() {
    requireLinears();
    boolean projected = config.embeddingSize() != config.hiddenSize();
    Tensor tokens = matrix(Part.EMBEDDING, "the token embedding", vocabulary, embedding);
    List<ModelTensors.Layer> layers = new ArrayList<>();
    for (int l = 0; l < config.layers().size(); l++) {
      layers.add(layer(l));
    }
    return new ModelTensors(
        tokens,
        config.learnedPositions().isPresent() ? Optional.of(positions()) : Optional.empty(),
        projected ? Optional.of(inRoot(Part.PROJECT_IN, hidden, embedding)) : Optional.empty(),
        List.copyOf(layers),
        config.norms().last()
            ? Optional.of(norm(root + names.of(Part.FINAL_NORM), config.norms().kind(), hidden))
            : Optional.empty(),
        projected ? Optional.of(inRoot(Part.PROJECT_OUT, embedding, hidden)) : Optional.empty(),
        head(),
        tensors.unasked());
  }

  private ModelTensors.Layer layer(int index) {
    NormConfig norms = config.norms();
    boolean outputNorms = norms.placement() == NormConfig.Placement.SANDWICH;
    return new ModelTensors.Layer(
        norm(index, Part.ATTENTION_NORM),
        stack(
            index,
            Part.QKV,
            List.of(Part.QUERY, Part.KEY, Part.VALUE),
            List.of(queries, keys, keys),
            new Extent(config.qkvWidth(), "all heads * head_dim")),
        headNorm(index, Part.QUERY_NORM),
        headNorm(index, Part.KEY_NORM),
        linear(index, Part.OUTPUT, hidden, queries),
        outputNorms ? Optional.of(norm(index, Part.ATTENTION_OUTPUT_NORM)) : Optional.empty(),
        norm(index, Part.MLP_NORM),
        config.gated()
            ? stack(
                index,
                Part.GATE_UP,
                List.of(Part.GATE, Part.UP),
                List.of(intermediate, intermediate),
                new Extent(config.upWidth(), "2 * intermediate_size"))
            : List.of(linear(index, Part.UP, intermediate, hidden)),
        linear(index, Part.DOWN, hidden, intermediate),
        outputNorms ? Optional.of(norm(index, Part.MLP_OUTPUT_NORM)) : Optional.empty());
  }

  /** Projections of the residual stream: one layer of all of them where there is one. */
  private List<LinearTensors> stack(
      int index, Part fused, List<Part> parts, List<Extent> outputs, Extent all) {
    if (isFused(index, fused)) {
      return List.of(linear(index, fused, all, hidden));
    }
    return IntStream.range(0, parts.size())
        .mapToObj(i -> linear(index, parts.get(i), outputs.get(i), hidden))
        .toList();
  }

  private boolean isFused(int index, Part fused) {
    return names.find(fused).filter(name -> hasWeights(inLayer(index, name))).isPresent();
  }

  private boolean hasWeights(String module) {
    return linears.isFactored(module) || tensors.contains(module + ".weight");
  }

  private String inLayer(int index, String name) {
    return root + names.of(Part.LAYERS) + "." + index + "." + name;
  }

  private LinearTensors linear(int index, Part part, Extent outputs, Extent inputs) {
    boolean interleaved = names.interleavedHeads() && (part == Part.QUERY || part == Part.KEY);
    return linears.read(
        inLayer(index, names.of(part)),
        outputs,
        inputs,
        interleaved ? new RowOrder(config.headDim()) : RowOrder.PLAIN);
  }

  private LinearTensors inRoot(Part part, Extent outputs, Extent inputs) {
    return linears.read(root + names.of(part), outputs, inputs, RowOrder.PLAIN);
  }

  private Tensor matrix(Part part, String what, Extent rows, Extent columns) {
    return LinearTensorReader.requireDense(
        tensors.require(root + names.of(part) + ".weight", what), rows, columns);
  }

  private Tensor positions() {
    int rows = config.maxPositions() + config.learnedPositions().orElseThrow();
    return matrix(
        Part.POSITIONS,
        "the learned positions",
        new Extent(rows, "max_position_embeddings + " + config.learnedPositions().orElseThrow()),
        hidden);
  }

  private ModelTensors.Norm norm(int index, Part part) {
    return norm(inLayer(index, names.of(part)), config.norms().kind(), hidden);
  }

  private Optional<ModelTensors.Norm> headNorm(int index, Part part) {
    return config.norms().queryKey()
        ? Optional.of(norm(inLayer(index, names.of(part)), NormConfig.Kind.RMS, head))
        : Optional.empty();
  }

  private ModelTensors.Norm norm(String module, NormConfig.Kind kind, Extent width) {
    Tensor weight =
        TensorTable.requireFloats(tensors.require(module + ".weight", "a norm's weight"), width);
    return switch (kind) {
      case RMS -> new ModelTensors.Norm(weight, Optional.empty());
      case LAYER ->
          new ModelTensors.Norm(
              weight,
              Optional.of(
                  TensorTable.requireFloats(
                      tensors.require(module + ".bias", "a norm's bias"), width)));
    };
  }

  /**
   * Fails for a layer without weights, before anything else can be missed: NanoQuant's fallback
   * writer leaves files with the factors of the last layer and nothing else.
   */
  private void requireLinears() {
    for (int l = 0; l < config.layers().size(); l++) {
      for (Part part : linearParts(l)) {
        String name = inLayer(l, names.of(part));
        if (!hasWeights(name)) {
          throw CheckpointException.tensor(
              tensors.source(),
              name,
              "has neither factors nor a dense weight" + (onlyLastLayer() ? ONLY_LAST : ""));
        }
      }
    }
  }

  /** The linear layers that a layer is made of, as this checkpoint has them. */
  private List<Part> linearParts(int index) {
    List<Part> up =
        !config.gated()
            ? List.of(Part.UP)
            : isFused(index, Part.GATE_UP) ? List.of(Part.GATE_UP) : List.of(Part.GATE, Part.UP);
    List<Part> qkv =
        isFused(index, Part.QKV) ? List.of(Part.QKV) : List.of(Part.QUERY, Part.KEY, Part.VALUE);
    return Stream.of(qkv, List.of(Part.OUTPUT), up, List.of(Part.DOWN))
        .flatMap(List::stream)
        .toList();
  }

  /** Whether the last layer, and no other, has factors. */
  private boolean onlyLastLayer() {
    int last = config.layers().size() - 1;
    return hasFactors(last) && IntStream.range(0, last).noneMatch(this::hasFactors);
  }

  private boolean hasFactors(int index) {
    return linearParts(index).stream()
        .anyMatch(part -> linears.isFactored(inLayer(index, names.of(part))));
  }

  private Optional<LinearTensors> head() {
    // Multimodal checkpoints keep the head beside the language model, or at the top.
    String module =
        Stream.of("", "language_model.", "model.")
            .map(prefix -> prefix + names.of(Part.HEAD))
            .filter(name -> tensors.contains(name + ".weight"))
            .findFirst()
            .orElse(names.of(Part.HEAD));
    String weight = module + ".weight";
    if (config.tiedHead()) {
      tensors.ignore(weight);
      return Optional.empty();
    }
    if (!tensors.contains(weight)) {
      throw CheckpointException.tensor(
          tensors.source(), weight, "missing: the output head (tie_word_embeddings is false)");
    }
    return Optional.of(linears.read(module, vocabulary, embedding, RowOrder.PLAIN));
  }
}
