package dev.whit.api;

import dev.whit.constraint.CallSyntax;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a family writes calls of tools; a model's chat template tells which one it learnt.
 *
 * @param marker begins a call or a list of calls; empty where an answer either begins with one or
 *     has none
 * @param opening between the marker and the first call
 * @param closing behind a call, or a list of calls
 * @param separator between two calls of a list
 * @param written how calls are written where they are demanded
 */
record ToolSyntax(
    String marker, String opening, String closing, String separator, CallSyntax written) {
  /** Hermes, Qwen: {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}, repeated. */
  static final ToolSyntax HERMES =
      new ToolSyntax(
          "<tool_call>",
          "",
          "</tool_call>",
          "",
          new CallSyntax(
              "", "<tool_call>\n{\"name\": ", ", \"arguments\": ", "}\n</tool_call>", "\n", ""));

  /** Mistral: {@code [TOOL_CALLS] [{"name": …, "arguments": {…}}, …]}. */
  static final ToolSyntax MISTRAL =
      new ToolSyntax(
          "[TOOL_CALLS]",
          "[",
          "]",
          ",",
          new CallSyntax("[TOOL_CALLS] [", "{\"name\": ", ", \"arguments\": ", "}", ", ", "]"));

  /** Llama 3: {@code {"name": …, "parameters": {…}}} and nothing else. */
  static final ToolSyntax LLAMA3 =
      new ToolSyntax(
          "", "", "", ";", new CallSyntax("", "{\"name\": ", ", \"parameters\": ", "}", "; ", ""));

  /** Begins a Llama's call where it was trained with a code interpreter. */
  static final String PYTHON_TAG = "<|python_tag|>";

  /**
   * The markers, which are part of an answer even where a vocabulary has special tokens for them.
   */
  Set<String> markers() {
    return marker.isEmpty() ? Set.of(PYTHON_TAG) : Set.of(marker, closing);
  }

  /** The syntax of a chat template; of one that knows no tools the most common. */
  static ToolSyntax of(@Nullable String template) {
    if (template == null || template.contains(HERMES.marker)) {
      return HERMES;
    }
    if (template.contains(MISTRAL.marker)) {
      return MISTRAL;
    }
    return template.contains("\"parameters\":") ? LLAMA3 : HERMES;
  }
}
