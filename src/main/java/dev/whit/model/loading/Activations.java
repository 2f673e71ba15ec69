package dev.whit.model.loading;

import dev.whit.kernel.Activation;

/** The activation functions under transformers' names ({@code activations.py}). */
final class Activations {
  private Activations() {}

  /** The function that a key names. */
  static Activation of(ConfigSection config, String key) {
    String name =
        config.text(key).orElseThrow(() -> config.invalid(key, "is missing: names an activation"));
    return switch (name) {
      case "silu", "swish" -> Activation.SILU;
      case "relu" -> Activation.RELU;
      case "gelu", "gelu_python" -> Activation.GELU;
      case "gelu_pytorch_tanh", "gelu_new", "gelu_fast" -> Activation.GELU_TANH;
      default ->
          throw config.wrong(
              key, "not supported; supported are silu, relu, gelu, gelu_pytorch_tanh");
    };
  }
}
