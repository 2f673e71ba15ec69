package dev.whit.model.loading;

import java.util.List;

/**
 * What a family calls its tensors. Names are relative: of the model to its root ({@code model.} or
 * nothing), of a layer to the layer. A linear layer's name is that of its module.
 *
 * @param layers module that holds the layers by number
 */
record TensorNames(
    String embedding,
    String finalNorm,
    String head,
    String layers,
    String inputNorm,
    String postAttentionNorm,
    String query,
    String key,
    String value,
    String output,
    String gate,
    String up,
    String down) {

  /** The linear layers of a layer, in order of use. */
  List<String> linears() {
    return List.of(query, key, value, output, gate, up, down);
  }
}
