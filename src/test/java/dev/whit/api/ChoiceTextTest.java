package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class ChoiceTextTest {
  private static final GenerationOptions OPTIONS =
      new GenerationOptions(
          null,
          0,
          0,
          1,
          0,
          Penalties.NONE,
          Map.of(),
          0,
          null,
          1,
          List.of("END"),
          Set.of(),
          false,
          -1,
          true,
          null,
          0,
          "",
          new ResponseFormat.Text());

  private final ServedModel model =
      new ServedModel(
          "m",
          new FakeBackend(1000),
          new ByteTokenizer(),
          null,
          Map.of(),
          Set.of(ByteTokenizer.EOS),
          Instant.EPOCH);

  private ChoiceText answerTo(int... prompt) {
    return new ChoiceText(
        0,
        model,
        new EncodedPrompt(prompt, null, 10),
        OPTIONS,
        ReplyShape.content(null),
        Set.of(ByteTokenizer.EOS));
  }

  @Test
  void aSpecialTokenThatMarksACallIsTextToTheParserOnly() {
    ByteTokenizer marked =
        new ByteTokenizer() {
          @Override
          public String token(int id) {
            return id == BOS ? "[TOOL_CALLS]" : super.token(id);
          }
        };
    ServedModel mistral =
        new ServedModel(
            "m",
            new FakeBackend(1000),
            marked,
            null,
            Map.of(),
            Set.of(ByteTokenizer.EOS),
            Instant.EPOCH);
    MessageParser parser = new ToolCallParser(ToolSyntax.MISTRAL, Set.of("f"), call -> "id" + call);
    ChoiceText answer =
        new ChoiceText(
            0,
            mistral,
            new EncodedPrompt(new int[] {'p'}, null, 100),
            OPTIONS,
            new ReplyShape(null, choice -> parser, ToolSyntax.MISTRAL.markers()),
            Set.of(ByteTokenizer.EOS));
    answer.token(ByteTokenizer.BOS, null);
    for (int b : marked.encode("[{\"name\": \"f\", \"arguments\": {}}]", false)) {
      answer.token(b, null);
    }
    answer.token(ByteTokenizer.EOS, null);
    answer.finish(Finish.STOP);
    TextDelta reply = take(answer);
    assertThat(reply.text()).isEmpty();
    assertThat(reply.calls()).containsExactly(new ToolCallDelta(0, "id0", "f", "{}"));
    assertThat(reply.finish()).isEqualTo(Finish.TOOL_CALLS);
  }

  private static TextDelta take(ChoiceText answer) {
    return Objects.requireNonNull(answer.take(), "nothing is certain");
  }

  @Test
  void completesACharacterThatThePromptBegan() {
    ChoiceText answer = answerTo('a', 0xC3);
    answer.token(0xBC, null);
    assertThat(answer.take()).extracting(TextDelta::text).isEqualTo("ü");
  }

  @Test
  void waitsForTheRestOfACharacter() {
    ChoiceText answer = answerTo('a');
    answer.token(0xE2, null);
    assertThat(take(answer).text()).isEmpty();
    answer.token(0x80, null);
    answer.token(0x94, null);
    assertThat(answer.take()).extracting(TextDelta::text).isEqualTo("—");
  }

  @Test
  void endsInsideACharacterWithAReplacement() {
    ChoiceText answer = answerTo('a');
    answer.token(0xE2, null);
    answer.finish(Finish.LENGTH);
    assertThat(answer.take()).extracting(TextDelta::text).isEqualTo("\uFFFD");
  }

  @Test
  void holdsTokensBackWithTheirText() {
    ChoiceText answer = answerTo('a');
    answer.token('x', null);
    assertThat(take(answer).tokens()).extracting(ReplyToken::id).containsExactly((int) 'x');
    answer.token('E', null);
    assertThat(answer.take()).isNull();
    answer.token('x', null);
    TextDelta delta = take(answer);
    assertThat(delta.text()).isEqualTo("Ex");
    assertThat(delta.tokens()).extracting(ReplyToken::id).containsExactly((int) 'E', (int) 'x');
  }

  @Test
  void returnsWhatItHeldAtTheEnd() {
    ChoiceText answer = answerTo('a');
    answer.token('E', null);
    answer.token('N', null);
    answer.token(ByteTokenizer.EOS, null);
    answer.finish(Finish.STOP);
    TextDelta delta = take(answer);
    assertThat(delta.text()).isEqualTo("EN");
    assertThat(delta.tokens()).hasSize(3);
    assertThat(delta.finish()).isEqualTo(Finish.STOP);
  }
}
