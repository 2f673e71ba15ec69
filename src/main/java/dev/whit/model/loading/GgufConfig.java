package dev.whit.model.loading;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.TensorData;
import dev.whit.checkpoint.gguf.GgufMetadata;
import dev.whit.checkpoint.gguf.GgufReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * What a GGUF file's metadata says of the model, under the keys of a {@code config.json}, so that
 * the family's parser reads both (ggml's {@code docs/gguf.md}, llama.cpp's {@code
 * convert_hf_to_gguf.py} and {@code llama-model.cpp}).
 */
final class GgufConfig {
  private static final String EMBEDDING = "token_embd.weight";
  private static final String HEAD = "output.weight";
  private static final String ROPE_DIVISORS = "rope_freqs.weight";

  /** Integer keys after the architecture's name, and what {@code config.json} calls them. */
  private static final List<Map.Entry<String, String>> INTEGERS =
      List.of(
          Map.entry("block_count", "num_hidden_layers"),
          Map.entry("context_length", "max_position_embeddings"),
          Map.entry("embedding_length", "hidden_size"),
          Map.entry("feed_forward_length", "intermediate_size"),
          Map.entry("attention.head_count", "num_attention_heads"));

  /** Layers of the 27B models, whose attention scale no key holds. */
  private static final Map<String, Integer> LAYERS_OF_27B = Map.of("gemma2", 46, "gemma3", 62);

  private final GgufMetadata metadata;
  private final List<Tensor> tensors;
  private final GgufArchitecture architecture;
  private final ObjectNode config = JsonNodeFactory.instance.objectNode();

  private GgufConfig(GgufReader.Contents contents, GgufArchitecture architecture) {
    metadata = contents.metadata();
    tensors = contents.tensors();
    this.architecture = architecture;
  }

  /** The configuration of a file. */
  static ConfigSection of(GgufReader.Contents contents, GgufArchitecture architecture) {
    GgufConfig gguf = new GgufConfig(contents, architecture);
    gguf.convert();
    return ConfigSection.of(contents.metadata().file(), gguf.config);
  }

  private void convert() {
    NanoQuantVersion.check(metadata, tensors);
    UnsupportedMetadata.refuse(metadata, architecture);
    config.put("model_type", architecture.modelType());
    for (Map.Entry<String, String> entry : INTEGERS) {
      String key = entry.getKey();
      config.put(entry.getValue(), integer(key).orElseThrow(() -> missing(key)));
    }
    integer("attention.head_count_kv").ifPresent(n -> config.put("num_key_value_heads", n));
    config.put(
        "rms_norm_eps",
        number("attention.layer_norm_rms_epsilon")
            .orElseThrow(() -> missing("attention.layer_norm_rms_epsilon")));
    vocabulary();
    long headDim = headDim();
    config.put("head_dim", headDim);
    attention(headDim);
    rope(headDim);
    sliding();
    stopTokens();
    metadata.text("general.license").ifPresent(licence -> config.put("license", licence));
  }

  private void vocabulary() {
    Tensor embedding =
        find(EMBEDDING)
            .filter(tensor -> tensor.shape().length == 2)
            .orElseThrow(() ->
                CheckpointException.tensor(
                    metadata.file(), EMBEDDING, "missing: the token embedding, a matrix"));
    config.put("vocab_size", embedding.shape()[0]);
    config.put("tie_word_embeddings", find(HEAD).isEmpty());
  }

  private long headDim() {
    long hidden = config.get("hidden_size").longValue();
    long heads = config.get("num_attention_heads").longValue();
    long headDim = integer("attention.key_length").orElse(heads == 0 ? 0 : hidden / heads);
    long valueDim = integer("attention.value_length").orElse(headDim);
    if (valueDim != headDim) {
      throw CheckpointException.file(
          metadata.file(),
          "%s is %d, and %s %d: heads of values must be as long as those of keys"
              .formatted(
                  key("attention.value_length"), valueDim, key("attention.key_length"), headDim));
    }
    if (architecture.tensors().interleavedHeads() && headDim % 2 != 0) {
      throw CheckpointException.file(
          metadata.file(),
          "%s is %d: must be even, the halves of heads are interleaved"
              .formatted(key("attention.key_length"), headDim));
    }
    return headDim;
  }

  private void attention(long headDim) {
    number("attn_logit_softcapping").ifPresent(c -> config.put("attn_logit_softcapping", c));
    number("final_logit_softcapping").ifPresent(c -> config.put("final_logit_softcapping", c));
    Integer layersOf27b = LAYERS_OF_27B.get(architecture.name());
    if (layersOf27b != null) {
      boolean is27b = config.get("num_hidden_layers").intValue() == layersOf27b;
      long hidden = config.get("hidden_size").longValue();
      long heads = config.get("num_attention_heads").longValue();
      config.put("query_pre_attn_scalar", is27b && heads > 0 ? hidden / heads : headDim);
    }
  }

  private void rope(long headDim) {
    config.put("rope_theta", number("rope.freq_base").orElse(10_000));
    if (architecture.name().equals("gemma3")) {
      config.put("rope_local_base_freq", number("rope.freq_base_swa").orElse(10_000));
    }
    integer("rope.dimension_count")
        .ifPresent(rotated -> config.put("partial_rotary_factor", (double) rotated / headDim));
    ObjectNode scaling = JsonNodeFactory.instance.objectNode();
    Optional<Tensor> divisors = find(ROPE_DIVISORS);
    String type = metadata.text(key("rope.scaling.type")).orElse("none");
    if (divisors.isPresent()) {
      if (!type.equals("none")) {
        throw CheckpointException.file(
            metadata.file(),
            "%s is %s beside %s: not supported, one of them scales"
                .formatted(key("rope.scaling.type"), type, ROPE_DIVISORS));
      }
      scaling.put("rope_type", "divided");
      ArrayNode values = scaling.putArray("divisors");
      for (float value : TensorData.floats(divisors.get())) {
        values.add(value);
      }
    } else if (!type.equals("none")) {
      scaling.put("rope_type", type);
      number("rope.scaling.factor").ifPresent(factor -> scaling.put("factor", factor));
      integer("rope.scaling.original_context_length")
          .ifPresent(length -> scaling.put("original_max_position_embeddings", length));
      number("rope.scaling.yarn_beta_fast").ifPresent(beta -> scaling.put("beta_fast", beta));
      number("rope.scaling.yarn_beta_slow").ifPresent(beta -> scaling.put("beta_slow", beta));
      number("rope.scaling.attn_factor")
          .ifPresent(factor -> scaling.put("attention_factor", factor));
    }
    if (!scaling.isEmpty()) {
      config.set("rope_scaling", scaling);
    }
  }

  private void sliding() {
    String pattern = key("attention.sliding_window_pattern");
    OptionalLong window = integer("attention.sliding_window");
    if (window.isPresent()) {
      config.put("sliding_window", window.getAsLong());
      if (architecture.name().equals("llama")) {
        config.put("model_type", "mistral"); // the one family of this architecture that slides
      }
    }
    if (metadata.isArray(pattern)) {
      ArrayNode types = config.putArray("layer_types");
      for (int slides : metadata.integers(pattern)) {
        types.add(slides == 0 ? "full_attention" : "sliding_attention");
      }
    } else {
      metadata.integer(pattern).ifPresent(n -> config.put("sliding_window_pattern", n));
    }
  }

  private void stopTokens() {
    ArrayNode ids = config.putArray("eos_token_id");
    for (String name : List.of("eos_token_id", "eot_token_id")) {
      metadata.integer("tokenizer.ggml." + name).ifPresent(ids::add);
    }
  }

  private Optional<Tensor> find(String name) {
    return tensors.stream().filter(tensor -> tensor.name().equals(name)).findFirst();
  }

  private String key(String suffix) {
    return architecture.name() + "." + suffix;
  }

  private OptionalLong integer(String suffix) {
    if (!metadata.isArray(key(suffix))) {
      return metadata.integer(key(suffix));
    }
    int[] perLayer = metadata.integers(key(suffix));
    for (int value : perLayer) {
      if (value != perLayer[0]) {
        throw CheckpointException.file(
            metadata.file(), key(suffix) + " differs from layer to layer: not supported");
      }
    }
    return perLayer.length == 0 ? OptionalLong.empty() : OptionalLong.of(perLayer[0]);
  }

  private OptionalDouble number(String suffix) {
    return metadata.number(key(suffix));
  }

  private CheckpointException missing(String suffix) {
    return CheckpointException.file(metadata.file(), "metadata key " + key(suffix) + " is missing");
  }
}
