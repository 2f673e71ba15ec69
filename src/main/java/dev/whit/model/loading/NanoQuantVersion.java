package dev.whit.model.loading;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.gguf.GgufMetadata;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Checks what a GGUF file says about how its ±1 factors are stored: other ways would misread. */
final class NanoQuantVersion {
  private static final String PREFIX = "quantization.nanoquant.";
  private static final String VERSION = PREFIX + "version";
  private static final String TENSOR_COUNT = PREFIX + "tensor_count";
  private static final String FACTOR = ".nq_v";

  /** 2 adds salient columns. */
  private static final List<Long> VERSIONS = List.of(1L, 2L);

  /** The positive bit is a string in these files. */
  private static final Map<String, String> REQUIRED =
      Map.of(
          PREFIX + "bit_order", "lsb_first",
          PREFIX + "positive_bit", "0",
          PREFIX + "outlier_format", "column_side_path");

  private NanoQuantVersion() {}

  /** Fails for factors in a form that is not read, and for a file that has lost some of them. */
  static void check(GgufMetadata metadata, List<Tensor> tensors) {
    long layers = tensors.stream().filter(tensor -> tensor.name().endsWith(FACTOR)).count();
    OptionalLong version = metadata.integer(VERSION);
    if (version.isEmpty() && layers > 0) {
      throw CheckpointException.file(
          metadata.file(), "has ±1 factors but no metadata key " + VERSION);
    }
    if (version.isPresent() && !VERSIONS.contains(version.getAsLong())) {
      throw wrong(metadata, VERSION, version.getAsLong(), VERSIONS);
    }
    REQUIRED.forEach((key, value) -> {
      if (metadata.has(key) && !metadata.text(key).orElse("").equals(value)) {
        throw wrong(metadata, key, metadata.text(key).orElse(""), value);
      }
    });
    OptionalLong count = metadata.integer(TENSOR_COUNT);
    if (count.isPresent() && count.getAsLong() != layers) {
      throw CheckpointException.file(
          metadata.file(),
          "%s is %d, but factors of %d layers are there"
              .formatted(TENSOR_COUNT, count.getAsLong(), layers));
    }
  }

  private static CheckpointException wrong(
      GgufMetadata metadata, String key, Object value, Object supported) {
    return CheckpointException.file(
        metadata.file(), "%s is %s: not supported, must be %s".formatted(key, value, supported));
  }
}
