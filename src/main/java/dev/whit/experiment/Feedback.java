package dev.whit.experiment;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What somebody thinks of an answer.
 *
 * @param experiment name of the experiment
 * @param requestId the request that it answered; one has one feedback at most
 * @param at when it was given
 * @param score from -1 to 1
 * @param note free text; null if there is none
 */
public record Feedback(
    String experiment, String requestId, Instant at, double score, @Nullable String note) {}
