package dev.whit.metrics;

import java.time.Duration;
import java.util.Map;

/**
 * What is known of a served model once it is loaded.
 *
 * @param maxContext most tokens of a sequence
 * @param blockSize tokens in a block of the cache
 * @param blocks blocks of the cache
 * @param kvBytes bytes of the cache
 * @param weightBytes weight bytes by part
 * @param bitsPerWeight effective bits per weight of the linear layers
 * @param load how long loading took, the first token included
 */
public record ModelFigures(
    int maxContext,
    int blockSize,
    int blocks,
    long kvBytes,
    Map<String, Long> weightBytes,
    double bitsPerWeight,
    Duration load) {

  public ModelFigures {
    weightBytes = Map.copyOf(weightBytes);
  }
}
