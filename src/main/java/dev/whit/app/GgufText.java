package dev.whit.app;

import dev.whit.checkpoint.gguf.GgufMetadata;
import dev.whit.tokenizer.GgufTokenizer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a GGUF says about text, for the tokenizer, which knows no checkpoints.
 *
 * @param metadata of the GGUF, whose file must be open
 */
record GgufText(GgufMetadata metadata) implements GgufTokenizer.Metadata {
  @Override
  public Optional<String> text(String key) {
    return metadata.text(key);
  }

  @Override
  public Optional<Boolean> flag(String key) {
    return metadata.flag(key);
  }

  @Override
  public OptionalLong integer(String key) {
    return metadata.integer(key);
  }

  @Override
  public List<String> texts(String key) {
    return metadata.texts(key);
  }

  @Override
  public int[] integers(String key) {
    return metadata.integers(key);
  }

  @Override
  public float[] floats(String key) {
    return metadata.floats(key);
  }
}
