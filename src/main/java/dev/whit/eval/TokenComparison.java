package dev.whit.eval;

/**
 * How two distributions over the vocabulary predict one token. Logits are f32, sums in double.
 *
 * @param nll {@code −ln p(token)} of the model
 * @param referenceNll of the reference
 * @param kl {@code KL(reference ‖ model) = Σ p_r (ln p_r − ln p_m)}, in nats
 * @param sameTop whether both think the same token the likeliest (of equals the lowest id)
 */
record TokenComparison(double nll, double referenceNll, double kl, boolean sameTop) {

  /**
   * Compares a row of each.
   *
   * @param offset where the row begins in both
   * @param token the token that came next
   */
  static TokenComparison of(float[] model, float[] reference, int offset, int size, int token) {
    int top = top(model, offset, size);
    int referenceTop = top(reference, offset, size);
    double max = model[offset + top];
    double referenceMax = reference[offset + referenceTop];
    double sum = 0;
    double referenceSum = 0;
    double difference = 0;
    for (int i = offset; i < offset + size; i++) {
      sum += Math.exp(model[i] - max);
      double p = Math.exp(reference[i] - referenceMax);
      referenceSum += p;
      difference += p * ((double) reference[i] - model[i]);
    }
    double z = max + Math.log(sum);
    double referenceZ = referenceMax + Math.log(referenceSum);
    return new TokenComparison(
        z - model[offset + token],
        referenceZ - reference[offset + token],
        Math.max(0, difference / referenceSum + z - referenceZ), // rounding may pass below 0
        top == referenceTop);
  }

  /** {@code −ln p(token)} of a row. */
  static double nll(float[] logits, int offset, int size, int token) {
    double max = logits[offset + top(logits, offset, size)];
    double sum = 0;
    for (int i = offset; i < offset + size; i++) {
      sum += Math.exp(logits[i] - max);
    }
    return max + Math.log(sum) - logits[offset + token];
  }

  private static int top(float[] logits, int offset, int size) {
    int top = 0;
    for (int i = 1; i < size; i++) {
      if (logits[offset + i] > logits[offset + top]) {
        top = i;
      }
    }
    return top;
  }
}
