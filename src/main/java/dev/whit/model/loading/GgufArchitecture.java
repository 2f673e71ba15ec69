package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.gguf.GgufMetadata;
import dev.whit.model.loading.TensorNames.Part;
import java.util.List;
import java.util.Map;

/**
 * What GGUF files call a family and its tensors. Adding one is an entry in {@link #ALL}; the rest
 * is the family's.
 *
 * @param name {@code general.architecture}
 * @param modelType the family
 * @param tensors names of the tensors; norms have had their 1 added by the exporter
 */
record GgufArchitecture(String name, String modelType, TensorNames tensors) {
  private static final TensorNames TENSORS =
      new TensorNames(
          List.of(""),
          Map.ofEntries(
              Map.entry(Part.EMBEDDING, "token_embd"),
              Map.entry(Part.FINAL_NORM, "output_norm"),
              Map.entry(Part.HEAD, "output"),
              Map.entry(Part.LAYERS, "blk"),
              Map.entry(Part.ATTENTION_NORM, "attn_norm"),
              Map.entry(Part.MLP_NORM, "ffn_norm"),
              Map.entry(Part.QUERY, "attn_q"),
              Map.entry(Part.KEY, "attn_k"),
              Map.entry(Part.VALUE, "attn_v"),
              Map.entry(Part.QUERY_NORM, "attn_q_norm"),
              Map.entry(Part.KEY_NORM, "attn_k_norm"),
              Map.entry(Part.OUTPUT, "attn_output"),
              Map.entry(Part.ATTENTION_OUTPUT_NORM, "post_attention_norm"),
              Map.entry(Part.GATE, "ffn_gate"),
              Map.entry(Part.UP, "ffn_up"),
              Map.entry(Part.DOWN, "ffn_down"),
              Map.entry(Part.MLP_OUTPUT_NORM, "post_ffw_norm")),
          0,
          false);

  /** Every architecture that can be served. */
  static final List<GgufArchitecture> ALL =
      List.of(
          new GgufArchitecture("llama", "llama", TENSORS.withInterleavedHeads()),
          new GgufArchitecture("qwen2", "qwen2", TENSORS),
          new GgufArchitecture("qwen3", "qwen3", TENSORS),
          new GgufArchitecture("gemma2", "gemma2", TENSORS),
          new GgufArchitecture("gemma3", "gemma3_text", TENSORS));

  private static final String KEY = "general.architecture";

  /** The architecture of a file, refused by name where there is none. */
  static GgufArchitecture of(GgufMetadata metadata) {
    String name = metadata.text(KEY).orElse("missing");
    return ALL.stream()
        .filter(architecture -> architecture.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            CheckpointException.file(
                metadata.file(),
                "%s is %s: not supported; supported are %s"
                    .formatted(KEY, name, ALL.stream().map(GgufArchitecture::name).toList())));
  }
}
