/**
 * Experiments: virtual models whose requests go to weighted arms. What an experiment is ({@link
 * dev.whit.experiment.Experiment}), which arm a subject gets ({@link
 * dev.whit.experiment.Assignment}), and what is observed of a request ({@link
 * dev.whit.experiment.Observation}). Knows no HTTP and no database.
 */
@NullMarked
package dev.whit.experiment;

import org.jspecify.annotations.NullMarked;
