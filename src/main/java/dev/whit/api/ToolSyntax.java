package dev.whit.api;

import dev.whit.constraint.CallSyntax;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the served families write calls of tools; a model's chat template tells which it learnt. */
enum ToolSyntax {
  /** Hermes, Qwen: {@code <tool_call>{"name": …, "arguments": {…}}</tool_call>}, repeated. */
  HERMES(
      "<tool_call>",
      "",
      "</tool_call>",
      "",
      new CallSyntax(
          "", "<tool_call>\n{\"name\": ", ", \"arguments\": ", "}\n</tool_call>", "\n", "")),
  /** Mistral: {@code [TOOL_CALLS] [{"name": …, "arguments": {…}}, …]}. */
  MISTRAL(
      "[TOOL_CALLS]",
      "[",
      "]",
      ",",
      new CallSyntax("[TOOL_CALLS] [", "{\"name\": ", ", \"arguments\": ", "}", ", ", "]")),
  /** Llama 3: {@code {"name": …, "parameters": {…}}} and nothing else. */
  LLAMA3("", "", "", ";", new CallSyntax("", "{\"name\": ", ", \"parameters\": ", "}", "; ", ""));

  /** Begins a Llama's call where it was trained with a code interpreter. */
  static final String PYTHON_TAG = "<|python_tag|>";

  /** Begins a call or a list of calls; empty where an answer either begins with one or has none. */
  final String marker;

  /** Between the marker and the first call. */
  final String opening;

  /** Behind a call, or a list of calls. */
  final String closing;

  /** Between two calls of a list. */
  final String separator;

  /** How calls are written where they are demanded. */
  final CallSyntax written;

  ToolSyntax(String marker, String opening, String closing, String separator, CallSyntax written) {
    this.marker = marker;
    this.opening = opening;
    this.closing = closing;
    this.separator = separator;
    this.written = written;
  }

  /** The syntax of a chat template; of one that knows no tools the most common. */
  static ToolSyntax of(@Nullable String template) {
    if (template == null || template.contains("<tool_call>")) {
      return HERMES;
    }
    if (template.contains("[TOOL_CALLS]")) {
      return MISTRAL;
    }
    return template.contains("python_tag") || template.contains("\"parameters\":")
        ? LLAMA3
        : HERMES;
  }

  /** Texts that are part of an answer even where a vocabulary has them as special tokens. */
  static List<String> markers() {
    return List.of(
        HERMES.marker,
        HERMES.closing,
        MISTRAL.marker,
        PYTHON_TAG,
        ReasoningParser.BEGIN,
        ReasoningParser.END);
  }
}
