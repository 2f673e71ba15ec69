/**
 * Statistics of experiments that may be looked at at any time: intervals and tests whose error rate
 * holds for all sample sizes together, so that looking every minute, or stopping when a difference
 * shows, does not raise it. Plain Java, without knowledge of what is measured.
 */
@NullMarked
package dev.whit.experiment.statistics;

import org.jspecify.annotations.NullMarked;
