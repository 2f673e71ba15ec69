package dev.whit.bench;

import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LinearSummary;
import dev.whit.model.loading.ModelSummary;
import java.util.List;

/**
 * What a step takes of memory and arithmetic, whatever its number of tokens or for each of them.
 *
 * @param bytes of weights that a step reads once at least: re-laid factors, and what stays mapped
 *     of dense layers and the head
 * @param weights that a token is multiplied with: ±1 elements of factors, elements of dense layers
 *     and the head
 */
record StepCost(long bytes, long weights) {
  /**
   * The cost of a model's steps.
   *
   * @param headType how its head is kept
   * @param residentBytes of weights in the heap
   */
  static StepCost of(ModelSummary summary, HeadType headType, long residentBytes) {
    long head = (long) summary.config().vocabSize() * summary.config().embeddingSize();
    long mappedHead =
        switch (headType) {
          case STORED ->
              summary.config().tiedHead() ? summary.bytes().embeddings() : summary.bytes().head();
          case INT8 -> 0; // in the heap
        };
    List<LinearSummary> linears = summary.layers().stream().flatMap(List::stream).toList();
    return new StepCost(
        residentBytes + mappedHead + linears.stream().mapToLong(StepCost::mappedBytes).sum(),
        head + linears.stream().mapToLong(StepCost::weights).sum());
  }

  private static long weights(LinearSummary linear) {
    long in = linear.inputs();
    long out = linear.outputs();
    return linear.ranks().isEmpty()
        ? in * out
        : linear.ranks().stream().mapToLong(rank -> rank * (in + out)).sum();
  }

  private static long mappedBytes(LinearSummary linear) {
    return linear.ranks().isEmpty()
        ? (long) (linear.bitsPerWeight() * linear.inputs() * linear.outputs() / Byte.SIZE)
        : 0;
  }
}
