package dev.whit.api;

/**
 * How much tokens that are there already are held against.
 *
 * @param repetition divides positive logits of tokens of prompt and answer, multiplies negative
 *     ones; 1 is none
 * @param frequency is subtracted from a token's logit for each time that the answer has it
 * @param presence is subtracted once if the answer has the token
 */
public record Penalties(double repetition, double frequency, double presence) {
  /** None. */
  public static final Penalties NONE = new Penalties(1, 0, 0);
}
