package dev.whit.model.loading;

import dev.whit.model.ModelConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a model is, from its configuration and the shapes of its tensors.
 *
 * @param config what decides the forward pass
 * @param format "littlebit", "nanoquant", "dense"; several joined by + where layers differ
 * @param licence the licence that the checkpoint states, null if it states none
 * @param features what the family and the checkpoint use, in words
 * @param parameters number of parameters that embeddings, head, linears and norms stand for
 * @param bitsPerWeight effective bits per weight of the linear layers without the head: ±1 elements
 *     count one bit, scales as many as stored
 * @param bytes bytes in the file by part
 * @param copiedBytes memory of matrices that are not used as stored: block-quantised ones are
 *     widened at load
 * @param layers linear layers of each layer, in order of use
 * @param assumedDefaults "key = value" for keys that {@code config.json} leaves out
 * @param warnings what is odd about the checkpoint, one line each
 */
public record ModelSummary(
    ModelConfig config,
    String format,
    @Nullable String licence,
    List<String> features,
    long parameters,
    double bitsPerWeight,
    WeightBytes bytes,
    long copiedBytes,
    List<List<LinearSummary>> layers,
    List<String> assumedDefaults,
    List<String> warnings) {

  /**
   * Stored bytes by part; the informational tensors that nothing reads are not counted.
   *
   * @param head 0 when the embedding is the head
   * @param linears factors, scales and biases
   */
  public record WeightBytes(long embeddings, long head, long linears, long norms) {
    /** All parts together. */
    public long total() {
      return embeddings + head + linears + norms;
    }
  }
}
