package dev.whit.model.loading;

import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.model.Decoder;
import dev.whit.model.ModelConfig;
import java.nio.file.Path;
import java.util.Set;

/**
 * A model ready to run. Owns its weights and keeps its files mapped for the dense ones; close the
 * decoder's sessions and caches first.
 *
 * @param decoder the forward pass
 * @param summary what the model is
 * @param files where its parts are
 * @param stopTokens end-of-sequence ids of {@code config.json} and {@code generation_config.json}
 * @param residentWeightBytes bytes of device memory that the weights hold, without what stays
 *     mapped
 * @param layersCost what a step takes of the layers' weights
 * @param headCost what a step that wants logits takes of the head's besides
 * @param checkpoint the mapped files
 */
public record LoadedModel(
    Decoder decoder,
    ModelSummary summary,
    ModelFiles files,
    Set<Integer> stopTokens,
    long residentWeightBytes,
    StepCost layersCost,
    StepCost headCost,
    Checkpoint checkpoint)
    implements AutoCloseable {

  public LoadedModel {
    stopTokens = Set.copyOf(stopTokens);
  }

  /** What the decoder computes. */
  public ModelConfig config() {
    return decoder.config();
  }

  /**
   * Fails when the tokenizer has ids that the embedding has no row for.
   *
   * @param tokenizer the tokenizer's file
   * @param size one more than the tokenizer's highest id
   * @throws CheckpointException with both numbers
   */
  public void requireTokenizerFits(Path tokenizer, int size) {
    if (size > config().vocabSize()) {
      throw CheckpointException.file(
          tokenizer,
          "has %d tokens, the model's embedding only %d rows"
              .formatted(size, config().vocabSize()));
    }
  }

  @Override
  public void close() {
    try (checkpoint) {
      decoder.close();
    }
  }
}
