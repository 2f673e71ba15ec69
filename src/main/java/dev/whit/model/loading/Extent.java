package dev.whit.model.loading;

/**
 * A size that tensors must have, and which settings say so.
 *
 * @param origin "hidden_size", "num_attention_heads * head_dim", for messages
 */
record Extent(int size, String origin) {
  @Override
  public String toString() {
    return size + " (" + origin + ")";
  }
}
