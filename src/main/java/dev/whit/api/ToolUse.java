package dev.whit.api;

import java.util.List;
import java.util.Map;

/**
 * The tools of a conversation.
 *
 * @param tools what may be called
 * @param choice whether it is
 * @param parallel whether an answer may have several calls
 */
public record ToolUse(List<Tool> tools, ToolChoice choice, boolean parallel) {
  /** No tools. */
  public static final ToolUse NONE = new ToolUse(List.of(), new ToolChoice.None(), true);

  public ToolUse {
    tools = List.copyOf(tools);
  }

  /** Whether an answer may have calls. */
  public boolean mayCall() {
    return !(choice instanceof ToolChoice.None) && !tools.isEmpty();
  }

  /** Whether an answer is nothing but calls. */
  boolean mustCall() {
    return switch (choice) {
      case ToolChoice.None() -> false;
      case ToolChoice.Auto() -> false;
      case ToolChoice.Required() -> true;
      case ToolChoice.Named(var name) -> true;
    };
  }

  /** Whether an answer may have several calls: one that is to call one tool has one. */
  boolean mayRepeat() {
    return parallel && !(choice instanceof ToolChoice.Named);
  }

  /** The tools that may be called. */
  List<Tool> callable() {
    return choice instanceof ToolChoice.Named(var name)
        ? tools.stream().filter(tool -> tool.name().equals(name)).toList()
        : tools;
  }

  /** What the chat template shows of them. */
  List<Map<String, Object>> definitions() {
    return tools.stream().map(Tool::definition).toList();
  }
}
