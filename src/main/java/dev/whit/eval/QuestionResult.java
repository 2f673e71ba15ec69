package dev.whit.eval;

/**
 * Log-likelihoods of a question's choices, as a line of a {@link Journal}.
 *
 * @param index which question
 * @param model of each choice
 * @param reference of each choice; empty without a reference
 */
record QuestionResult(int index, double[] model, double[] reference) implements Journal.Entry {}
