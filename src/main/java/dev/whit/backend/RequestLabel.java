package dev.whit.backend;

/**
 * What a request counts as in metrics, beside its model.
 *
 * @param experiment the experiment that it belongs to, empty for none
 * @param arm the arm of it that it was assigned to, empty for none
 */
public record RequestLabel(String experiment, String arm) {
  /** Of a request that no experiment has routed. */
  public static final RequestLabel NONE = new RequestLabel("", "");
}
