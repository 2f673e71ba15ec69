package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.whit.tokenizer.jinja.JinjaTemplate;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a model's chat template decides about its replies. */
class ChatServiceTest {
  private static final GenerationOptions OPTIONS =
      new GenerationOptions(
          3000,
          1,
          0,
          1,
          0,
          Penalties.NONE,
          Map.of(),
          0,
          4L,
          1,
          List.of(),
          Set.of(),
          false,
          -1,
          false,
          null,
          0,
          "",
          new ResponseFormat.Text());
  private static final Tool ADD =
      new Tool(
          "add",
          JsonNodeFactory.instance
              .objectNode()
              .set("properties", JsonNodeFactory.instance.objectNode()),
          "tools[0].function.parameters",
          Map.of("type", "function"));

  /** The last message as it is; the rest only shows in the template's source. */
  private static TextDelta answer(String source, String prompt, ToolUse tools)
      throws InterruptedException {
    ModelRegistry registry = new ModelRegistry();
    registry.add(
        new ServedModel(
            "m",
            new FakeBackend(FakeBackend.MAX_CONTEXT),
            new ByteTokenizer(),
            JinjaTemplate.parse("{{ messages[-1].content }}{#" + source + "#}", Clock.systemUTC()),
            Map.of(),
            Set.of(ByteTokenizer.EOS),
            Instant.EPOCH));
    registry.enter(ModelRegistry.State.READY);
    ChatRequest request =
        new ChatRequest(
            null,
            List.of(new ChatMessage("user", prompt, null, null, List.of(), null)),
            OPTIONS,
            tools,
            true,
            false,
            Map.of(),
            null);
    try (TextStream stream =
        new ChatService(registry)
            .chat(request, new RequestOrigin("id", "", RequestOrigin.UNLIMITED))) {
      return stream.collect().getFirst();
    }
  }

  private static ToolUse tools(ToolChoice choice) {
    return new ToolUse(List.of(ADD), choice, true);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      textBlock =
          """
          <tool_call>      ¦ <tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>
          none at all      ¦ <tool_call>{"name": "add", "arguments": {"a": 1}}</tool_call>
          [TOOL_CALLS]     ¦ [TOOL_CALLS] [{"name": "add", "arguments": {"a": 1}}]
          [TOOL_CALLS][ARGS] ¦ [TOOL_CALLS]add[ARGS]{"a": 1}
          "parameters":    ¦ {"name": "add", "parameters": {"a": 1}}
          """)
  void callsAreReadInTheSyntaxOfTheTemplate(String source, String reply) throws Exception {
    TextDelta answer = answer(source, "say:" + reply, tools(new ToolChoice.Auto()));
    assertThat(answer.finish()).isEqualTo(Finish.TOOL_CALLS);
    assertThat(answer.text()).isEmpty();
    assertThat(answer.calls())
        .singleElement()
        .returns("add", ToolCallDelta::name)
        .returns("{\"a\": 1}", ToolCallDelta::arguments);
  }

  @ParameterizedTest
  @CsvSource({
    "<tool_call>",
    "[TOOL_CALLS]",
    "[TOOL_CALLS][ARGS]",
    "'\"parameters\":'",
    "'<tool_call></think>'"
  })
  void callsThatAreDemandedAreWrittenInIt(String source) throws Exception {
    TextDelta answer = answer(source, "p", tools(new ToolChoice.Required()));
    assertThat(answer.finish()).isEqualTo(Finish.TOOL_CALLS);
    assertThat(answer.text()).isEmpty();
    assertThat(answer.reasoning()).isEmpty();
    assertThat(answer.calls()).isNotEmpty().allMatch(call -> "add".equals(call.name()));
  }

  @Test
  void oneCallWhereTheyMayNotBeParallel() throws Exception {
    ToolUse use = tools(new ToolChoice.Required());
    TextDelta answer = answer("", "p", new ToolUse(use.tools(), use.choice(), false));
    assertThat(answer.calls()).hasSize(1);
  }

  @Test
  void aThinkingTemplateTellsReasoningFromTheAnswer() throws Exception {
    String reply = "<think>\nhm\n</think>\n\nyes";
    TextDelta answer = answer("</think>", "say:" + reply, ToolUse.NONE);
    assertThat(answer.reasoning()).isEqualTo("hm");
    assertThat(answer.text()).isEqualTo("yes");
    assertThat(answer("", "say:" + reply, ToolUse.NONE).text()).isEqualTo(reply);
    TextDelta begun = answer("</think>", "say:hm</think>yes<think>", ToolUse.NONE);
    assertThat(begun.reasoning()).isEqualTo("hm");
    assertThat(begun.text()).isEqualTo("yes<think>");
  }

  @ParameterizedTest
  @CsvSource({
    "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use, HERMES",
    "Qwen-Qwen2.5-7B-Instruct, HERMES",
    "Qwen-Qwen3-0.6B, HERMES",
    "Qwen-QwQ-32B, HERMES",
    "meta-llama-Llama-3.1-8B-Instruct, LLAMA3",
    "meta-llama-Llama-3.2-3B-Instruct, LLAMA3",
    "mistralai-Mistral-Nemo-Instruct-2407, MISTRAL"
  })
  void realTemplatesTellTheirSyntax(String name, String syntax) throws Exception {
    Path file =
        Path.of(
            System.getProperty("whit.data", "../shared/data"), "chat-templates", name + ".jinja");
    Assumptions.assumeTrue(Files.exists(file), "no " + file);
    assertThat(ToolSyntax.of(Files.readString(file)))
        .isEqualTo(
            switch (syntax) {
              case "HERMES" -> ToolSyntax.HERMES;
              case "LLAMA3" -> ToolSyntax.LLAMA3;
              default -> ToolSyntax.MISTRAL;
            });
  }
}
