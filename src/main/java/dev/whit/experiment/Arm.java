package dev.whit.experiment;

import org.jspecify.annotations.Nullable;

/**
 * One of the ways in which an experiment answers.
 *
 * @param name its name, unique in its experiment
 * @param weight its share of the subjects is this over the sum of all weights; 0 for no subjects
 * @param target what answers
 * @param pricePerHour what running it costs an hour, in whatever currency; null if not known
 */
public record Arm(String name, double weight, Target target, @Nullable Double pricePerHour) {

  /** The same with another weight. */
  Arm weighted(double newWeight) {
    return new Arm(name, newWeight, target, pricePerHour);
  }
}
