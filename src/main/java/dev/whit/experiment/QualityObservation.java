package dev.whit.experiment;

import java.time.Instant;

/**
 * How two arms agree on the tokens of one answer, both having scored the same ones.
 *
 * @param experiment name of the experiment
 * @param arm the arm that is compared
 * @param reference the arm that it is compared with, whose answer it is
 * @param requestId the request's id
 * @param subject who was assigned, as {@link Assignment#pseudonym} has it
 * @param at when
 * @param tokens tokens that both have scored
 * @param agreements those of which both find the same token the most likely
 * @param divergence mean over the tokens of the Kullback-Leibler divergence of the arm from the
 *     reference, in nats; of truncated distributions a lower bound
 * @param truncated mean probability, by the reference, of what a remote arm's most likely tokens
 *     leave out; 0 where the whole vocabulary is compared
 * @param likelihoodLoss mean over the tokens of the arm's negative log-likelihood less the
 *     reference's, in nats
 */
public record QualityObservation(
    String experiment,
    String arm,
    String reference,
    String requestId,
    String subject,
    Instant at,
    int tokens,
    int agreements,
    double divergence,
    double truncated,
    double likelihoodLoss) {}
