package dev.whit.experiment;

import java.time.Instant;

/**
 * An entry of the audit log: somebody changed an experiment.
 *
 * @param experiment name of the experiment
 * @param at when
 * @param origin what did it: command-line, file, admin, guard-rail
 * @param action created, changed, stopped
 * @param detail the weights after it, as {@code packed:90,fp16:10}, and why
 */
public record Change(String experiment, Instant at, String origin, String action, String detail) {}
