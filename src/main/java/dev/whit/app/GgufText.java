package dev.whit.app;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;
import dev.whit.checkpoint.gguf.GgufMetadata;
import dev.whit.checkpoint.gguf.GgufReader;
import dev.whit.tokenizer.GgufTokenizer;
import dev.whit.tokenizer.TokenizerException;
import dev.whit.tokenizer.TokenizerFiles;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a GGUF says about text, for the tokenizer, which knows no checkpoints.
 *
 * @param metadata of the GGUF, whose file must be open
 */
record GgufText(GgufMetadata metadata) implements GgufTokenizer.Metadata {

  /**
   * The tokenizer and chat template of a GGUF.
   *
   * @throws CheckpointException if it is no GGUF
   * @throws TokenizerException if its tokenizer cannot be used
   */
  static TokenizerFiles tokenizer(Path file) {
    try (Arena arena = Arena.ofConfined()) {
      MappedFile mapped = MappedFile.map(file, arena);
      return GgufTokenizer.load(file, new GgufText(GgufReader.read(mapped).metadata()));
    }
  }

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
