package dev.whit.model;

import dev.whit.checkpoint.Checkpoint;
import dev.whit.checkpoint.CheckpointReader;
import dev.whit.checkpoint.TensorData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** The reference answers of a model directory: {@code golden.safetensors}. */
final class Golden implements AutoCloseable {
  private final Checkpoint checkpoint;

  Golden(Path directory) {
    checkpoint = CheckpointReader.open(directory.resolve("golden.safetensors"));
  }

  /** Number of prompts. */
  int prompts() {
    return (int) checkpoint.names().stream().filter(name -> name.startsWith("prompt.")).count();
  }

  /** Token ids of a prompt. */
  int[] prompt(int index) {
    return ids("prompt." + index).orElseThrow();
  }

  /** Its greedy continuation, if the golden has one. */
  Optional<int[]> greedy(int index) {
    return ids("greedy." + index);
  }

  /** Logits at every position, [prompt, vocabulary]. */
  float[] logits(int index) {
    return checkpoint.find("logits." + index).map(TensorData::floats).orElseThrow();
  }

  /** The residual stream before layer {@code l}; past the last layer, after the final norm. */
  Optional<float[]> hidden(int index, int l) {
    return checkpoint.find("hidden." + index + "." + l).map(TensorData::floats);
  }

  private Optional<int[]> ids(String name) {
    return checkpoint
        .find(name)
        .map(
            tensor -> Arrays.stream(TensorData.longs(tensor)).mapToInt(Math::toIntExact).toArray());
  }

  @Override
  public void close() {
    checkpoint.close();
  }
}
