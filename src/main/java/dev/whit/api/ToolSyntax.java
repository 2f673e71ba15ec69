package dev.whit.api;

import dev.whit.constraint.CallSyntax;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a family writes calls of tools; a model's chat template tells which one it learnt.
 *
 * @param marker begins a call or a list of calls; empty where an answer either begins with one or
 *     has none
 * @param opening between the marker and the first call
 * @param closing behind a call, or a list of calls
 * @param separator between two calls of a list
 * @param head a call up to its arguments' first brace; its first group is the function's name
 * @param isObject whether a call is an object, which a brace ends behind the arguments' own
 * @param written how calls are written where they are demanded
 */
record ToolSyntax(
    String marker,
    String opening,
    String closing,
    String separator,
    Pattern head,
    boolean isObject,
    CallSyntax written) {
  private static final Pattern OBJECT =
      Pattern.compile(
          "\\s*\\{\\s*\"name\"\\s*:\\s*\"([^\"\\\\]*)\"\\s*,\\s*\"(?:arguments|parameters)\"\\s*:\\s*\\{");

  private static final String ARGS = "[ARGS]";
  private static final String CALL_ID = "[CALL_ID]";
  private static final Pattern NAME_AND_ARGS =
      Pattern.compile("\\s*([\\w.-]+)\\s*(?:\\[CALL_ID]\\s*\\w*\\s*)?\\[ARGS]\\s*\\{");

  /** Hermes, Qwen: {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}, repeated. */
  static final ToolSyntax HERMES =
      new ToolSyntax(
          "<tool_call>",
          "",
          "</tool_call>",
          "",
          OBJECT,
          true,
          new CallSyntax(
              "",
              "<tool_call>\n{\"name\": \"",
              "\", \"arguments\": ",
              "}\n</tool_call>",
              "\n",
              ""));

  /** Mistral: {@code [TOOL_CALLS] [{"name": …, "arguments": {…}}, …]}. */
  static final ToolSyntax MISTRAL =
      new ToolSyntax(
          "[TOOL_CALLS]",
          "[",
          "]",
          ",",
          OBJECT,
          true,
          new CallSyntax("[TOOL_CALLS] [", "{\"name\": \"", "\", \"arguments\": ", "}", ", ", "]"));

  /** Mistral since its eleventh tokenizer: {@code [TOOL_CALLS]NAME[ARGS]{…}}, repeated. */
  static final ToolSyntax MISTRAL_ARGS =
      new ToolSyntax(
          "[TOOL_CALLS]",
          "",
          "",
          "",
          NAME_AND_ARGS,
          false,
          new CallSyntax("", "[TOOL_CALLS]", ARGS, "", "", ""));

  /** Llama 3: {@code {"name": …, "parameters": {…}}} and nothing else. */
  static final ToolSyntax LLAMA3 =
      new ToolSyntax(
          "",
          "",
          "",
          ";",
          OBJECT,
          true,
          new CallSyntax("", "{\"name\": \"", "\", \"parameters\": ", "}", "; ", ""));

  /** Begins a Llama's call where it was trained with a code interpreter. */
  static final String PYTHON_TAG = "<|python_tag|>";

  /**
   * The markers, which are part of an answer even where a vocabulary has special tokens for them.
   */
  Set<String> markers() {
    if (!isObject) {
      return Set.of(marker, CALL_ID, ARGS);
    }
    return marker.isEmpty() ? Set.of(PYTHON_TAG) : Set.of(marker, closing);
  }

  /** The syntax of a chat template; of one that knows no tools the most common. */
  static ToolSyntax of(@Nullable String template) {
    if (template == null || template.contains(HERMES.marker)) {
      return HERMES;
    }
    if (template.contains(MISTRAL.marker)) {
      return template.contains(ARGS) ? MISTRAL_ARGS : MISTRAL;
    }
    return template.contains("\"parameters\":") ? LLAMA3 : HERMES;
  }
}
