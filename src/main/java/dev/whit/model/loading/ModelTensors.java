package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.Tensor;
import dev.whit.model.ModelConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Every tensor of a model, found by its family's names and checked against its configuration, not
 * yet read.
 *
 * @param embedding [vocabulary, embedding]
 * @param positions [positions, hidden], where they are learned
 * @param projectIn embedding → hidden, where their widths differ
 * @param finalNorm [hidden], unless there is none
 * @param projectOut hidden → embedding, where their widths differ
 * @param head [vocabulary, embedding]; absent when the embedding is the head
 * @param unasked names in the checkpoint that the model does not use
 */
record ModelTensors(
    Tensor embedding,
    Optional<Tensor> positions,
    Optional<LinearTensors> projectIn,
    List<Layer> layers,
    Optional<Norm> finalNorm,
    Optional<LinearTensors> projectOut,
    Optional<LinearTensors> head,
    List<String> unasked) {

  /**
   * The tensors of one layer.
   *
   * @param qkv one layer of q‖k‖v, or q, k and v
   * @param up one layer of gate‖up, or gate and up, or up without a gate
   */
  record Layer(
      Norm attentionNorm,
      List<LinearTensors> qkv,
      Optional<Norm> queryNorm,
      Optional<Norm> keyNorm,
      LinearTensors output,
      Optional<Norm> attentionOutputNorm,
      Norm mlpNorm,
      List<LinearTensors> up,
      LinearTensors down,
      Optional<Norm> mlpOutputNorm) {

    /** Its linear layers, in order of use. */
    List<LinearTensors> linears() {
      return Stream.of(qkv, List.of(output), up, List.of(down)).flatMap(List::stream).toList();
    }

    private Stream<Norm> norms() {
      return Stream.concat(
          Stream.of(attentionNorm, mlpNorm),
          Stream.of(queryNorm, keyNorm, attentionOutputNorm, mlpOutputNorm)
              .flatMap(Optional::stream));
    }
  }

  /**
   * A norm.
   *
   * @param bias of a LayerNorm
   */
  record Norm(Tensor weight, Optional<Tensor> bias) {
    private Stream<Tensor> tensors() {
      return Stream.concat(Stream.of(weight), bias.stream());
    }
  }

  /** All tensors of norms. */
  Stream<Tensor> norms() {
    return Stream.concat(layers.stream().flatMap(Layer::norms), finalNorm.stream())
        .flatMap(Norm::tensors);
  }

  /** All embeddings. */
  Stream<Tensor> embeddings() {
    return Stream.concat(Stream.of(embedding), positions.stream());
  }

  /** All linear layers but the head. */
  Stream<LinearTensors> linears() {
    return Stream.of(
            projectIn.stream(),
            layers.stream().flatMap(layer -> layer.linears().stream()),
            projectOut.stream())
        .flatMap(all -> all);
  }

  /**
   * Finds them.
   *
   * @throws CheckpointException when one is missing, or contradicts the configuration or another
   */
  static ModelTensors find(TensorTable tensors, ModelConfig config, TensorNames names) {
    return new TensorFinder(tensors, config, names).find();
  }
}
