package dev.whit.eval;

/**
 * What was found of a block's predicted tokens, one element each; without a reference only the
 * first. As a line of a {@link Journal}.
 *
 * @param index which block
 * @param nll see {@link TokenComparison}
 * @param sameTop 1 or 0
 */
record BlockResult(int index, float[] nll, float[] referenceNll, float[] kl, byte[] sameTop)
    implements Journal.Entry {}
