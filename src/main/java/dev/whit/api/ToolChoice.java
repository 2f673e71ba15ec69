package dev.whit.api;

/** Whether an answer calls tools. */
public sealed interface ToolChoice {
  /** It does not: the model is not told of any. */
  record None() implements ToolChoice {}

  /** As the model likes. */
  record Auto() implements ToolChoice {}

  /** It consists of calls. */
  record Required() implements ToolChoice {}

  /** It calls this one. */
  record Named(String name) implements ToolChoice {}
}
