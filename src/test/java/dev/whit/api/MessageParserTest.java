package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Replies of the families, cut at every position: what comes out does not depend on the cuts. */
class MessageParserTest {
  private static final Set<String> NAMES = Set.of("get_weather", "add");

  /** Everything that came out, and all that was out at each step. */
  record Parts(String content, String reasoning, List<String> calls) {
    static Parts of(String content, String reasoning, String... calls) {
      return new Parts(content, reasoning, List.of(calls));
    }
  }

  private static Parts parse(MessageParser parser, List<String> pieces) {
    MessageDraft draft = new MessageDraft();
    StringBuilder content = new StringBuilder();
    StringBuilder reasoning = new StringBuilder();
    List<StringBuilder> calls = new ArrayList<>();
    for (int i = 0; i <= pieces.size(); i++) {
      if (i < pieces.size()) {
        parser.add(pieces.get(i), draft);
      } else {
        parser.finish(draft);
      }
      TextDelta delta = draft.take(0, List.of(), null);
      content.append(delta.text());
      reasoning.append(delta.reasoning());
      for (ToolCallDelta call : delta.calls()) {
        if (call.name() != null) {
          assertThat(call.index()).isEqualTo(calls.size());
          assertThat(call.id()).isEqualTo("id" + call.index());
          calls.add(new StringBuilder(call.name()));
        }
        assertThat(call.index()).isEqualTo(calls.size() - 1);
        calls.getLast().append(call.arguments());
      }
    }
    return new Parts(
        content.toString(),
        reasoning.toString(),
        calls.stream().map(StringBuilder::toString).toList());
  }

  private static MessageParser tools(ToolSyntax syntax) {
    return new ToolCallParser(syntax, NAMES, call -> "id" + call);
  }

  static Stream<Arguments> toolReplies() {
    String weather = "get_weather{\"city\": \"Zürich \\\"}\\\\\", \"n\": [1, {\"a\": \"]\"}]}";
    String arguments = weather.substring("get_weather".length());
    return Stream.of(
        Arguments.of(ToolSyntax.HERMES, "Just a < tool_call.", Parts.of("Just a < tool_call.", "")),
        Arguments.of(
            ToolSyntax.HERMES,
            "<tool_call>\n{\"name\": \"get_weather\", \"arguments\": "
                + arguments
                + "}\n</tool_call>",
            Parts.of("", "", weather)),
        Arguments.of(
            ToolSyntax.HERMES,
            "I'll look. <tool_call>{\"name\":\"get_weather\",\"arguments\":"
                + arguments
                + "}</tool_call>\n<tool_call>\n{\"name\": \"add\", \"arguments\": {}}\n</tool_call>\n",
            Parts.of("I'll look.", "", weather, "add{}")),
        Arguments.of(
            ToolSyntax.HERMES,
            "a <tool_call>nothing</tool_call> b",
            Parts.of("a <tool_call>nothing</tool_call> b", "")),
        Arguments.of(
            ToolSyntax.HERMES,
            "<tool_call>{\"name\": \"rm\", \"arguments\": {}}</tool_call>",
            Parts.of("<tool_call>{\"name\": \"rm\", \"arguments\": {}}</tool_call>", "")),
        Arguments.of(
            ToolSyntax.HERMES,
            "<tool_call>x<tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>",
            Parts.of("<tool_call>x", "", "add{}")),
        Arguments.of(
            ToolSyntax.HERMES,
            "<tool_call>\n{\"name\": \"add\", \"arguments\": {\"a\": 1, \"b",
            Parts.of("", "", "add{\"a\": 1, \"b")),
        Arguments.of(ToolSyntax.HERMES, "text <tool_ca", Parts.of("text <tool_ca", "")),
        Arguments.of(
            ToolSyntax.MISTRAL,
            "[TOOL_CALLS] [{\"name\": \"get_weather\", \"arguments\": "
                + arguments
                + "}, {\"name\": \"add\", \"arguments\": {\"a\": 1}}]",
            Parts.of("", "", weather, "add{\"a\": 1}")),
        Arguments.of(
            ToolSyntax.MISTRAL,
            "[TOOL_CALLS][{\"name\": \"add\", \"arguments\": {}}] done",
            Parts.of(" done", "", "add{}")),
        Arguments.of(
            ToolSyntax.MISTRAL_ARGS,
            "Let me see. [TOOL_CALLS]get_weather[ARGS]"
                + arguments
                + "[TOOL_CALLS]add[CALL_ID]a1B2c3D4e[ARGS]{\"a\": 1}",
            Parts.of("Let me see.", "", weather, "add{\"a\": 1}")),
        Arguments.of(
            ToolSyntax.MISTRAL_ARGS,
            "[TOOL_CALLS] add [ARGS] {\"a\": {}} done",
            Parts.of(" done", "", "add{\"a\": {}}")),
        Arguments.of(
            ToolSyntax.MISTRAL_ARGS,
            "[TOOL_CALLS]rm[ARGS]{\"a\": 1} or [TOOL_CALLS][{\"name\": \"add\"}]",
            Parts.of("[TOOL_CALLS]rm[ARGS]{\"a\": 1} or [TOOL_CALLS][{\"name\": \"add\"}]", "")),
        Arguments.of(ToolSyntax.MISTRAL, "[1, 2] [TOOL", Parts.of("[1, 2] [TOOL", "")),
        Arguments.of(
            ToolSyntax.LLAMA3,
            "{\"name\": \"get_weather\", \"parameters\": " + arguments + "}",
            Parts.of("", "", weather)),
        Arguments.of(
            ToolSyntax.LLAMA3,
            "<|python_tag|>{\"name\": \"add\", \"parameters\": {}}; {\"name\": \"add\", \"parameters\": {\"a\": 2}}",
            Parts.of("", "", "add{}", "add{\"a\": 2}")),
        Arguments.of(
            ToolSyntax.LLAMA3,
            "{\"name\": \"Bob\", \"age\": 3} {\"name\": \"add\", \"parameters\": {}}",
            Parts.of(
                "{\"name\": \"Bob\", \"age\": 3} {\"name\": \"add\", \"parameters\": {}}", "")),
        Arguments.of(
            ToolSyntax.LLAMA3, " Hello {\"name\": 1}", Parts.of(" Hello {\"name\": 1}", "")),
        Arguments.of(ToolSyntax.LLAMA3, "<|pyth", Parts.of("<|pyth", "")));
  }

  @ParameterizedTest
  @MethodSource("toolReplies")
  void findsCalls(ToolSyntax syntax, String reply, Parts expected) {
    assertSameHoweverCut(() -> tools(syntax), reply, expected);
  }

  static Stream<Arguments> thoughts() {
    return Stream.of(
        Arguments.of(false, "<think>\nWhy?\n</think>\n\nBecause.", Parts.of("Because.", "Why?")),
        Arguments.of(false, "\n<think>a</think>b", Parts.of("b", "a")),
        Arguments.of(false, "<think></think>b", Parts.of("b", "")),
        Arguments.of(false, "No <think>thought</think>", Parts.of("No <think>thought</think>", "")),
        Arguments.of(false, "<thin", Parts.of("<thin", "")),
        Arguments.of(false, "<think>cut o</thi", Parts.of("", "cut o</thi")),
        Arguments.of(true, "\nHm, 1 < 2.\n\n</think>\nYes.\n", Parts.of("Yes.\n", "Hm, 1 < 2.")),
        Arguments.of(true, "never ends \n", Parts.of("", "never ends")),
        Arguments.of(
            true,
            "I need <tool_call>.</think><tool_call>{\"name\": \"add\", \"arguments\": {}}</tool_call>",
            Parts.of("", "I need <tool_call>.", "add{}")));
  }

  @ParameterizedTest
  @MethodSource("thoughts")
  void tellsReasoningFromTheAnswer(boolean begun, String reply, Parts expected) {
    assertSameHoweverCut(
        () -> new ReasoningParser(begun, tools(ToolSyntax.HERMES)), reply, expected);
  }

  private static void assertSameHoweverCut(
      Supplier<MessageParser> parser, String reply, Parts expected) {
    assertThat(parse(parser.get(), List.of(reply))).isEqualTo(expected);
    for (int cut = 1; cut < reply.length(); cut++) {
      assertThat(parse(parser.get(), List.of(reply.substring(0, cut), reply.substring(cut))))
          .as("cut at %d", cut)
          .isEqualTo(expected);
    }
    assertThat(parse(parser.get(), reply.chars().mapToObj(Character::toString).toList()))
        .isEqualTo(expected);
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 50; round++) {
      List<String> pieces = new ArrayList<>();
      for (int at = 0; at < reply.length(); ) {
        int to = Math.min(reply.length(), at + 1 + random.nextInt(12));
        pieces.add(reply.substring(at, to));
        at = to;
      }
      assertThat(parse(parser.get(), pieces)).isEqualTo(expected);
    }
  }
}
