package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.backend.CancelCause;
import dev.whit.backend.GenerationEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TextStreamTest {
  private static final RequestOrigin ORIGIN =
      new RequestOrigin("id", "somebody", RequestOrigin.UNLIMITED);

  private static final Duration LONG = Duration.ofSeconds(30);

  private final FakeBackend backend = new FakeBackend(100_000);
  private final ServedModel model =
      new ServedModel(
          "m",
          backend,
          new ByteTokenizer(),
          null,
          Map.of(),
          Set.of(ByteTokenizer.EOS),
          Instant.EPOCH);

  private static GenerationOptions options(int choices, int logprobs, String... stop) {
    return new GenerationOptions(
        null,
        0.8,
        0,
        1,
        0,
        Penalties.NONE,
        Map.of(),
        0,
        5L,
        choices,
        List.of(stop),
        Set.of(),
        false,
        logprobs,
        logprobs >= 0,
        null,
        0,
        "",
        new ResponseFormat.Text());
  }

  private TextStream start(String prompt, int maxTokens, boolean echo, GenerationOptions options) {
    int[] ids = model.tokenizer().encode(prompt, true);
    return TextStream.start(
        model,
        ORIGIN,
        List.of(new EncodedPrompt(ids, echo ? prompt : null, maxTokens)),
        options,
        ReplyShape.content(null));
  }

  private record Answer(String text, List<String> tokens, @Nullable Finish finish) {}

  private static @Nullable Float logprob(ReplyToken token) {
    return Objects.requireNonNull(token.logprobs()).logprob();
  }

  /** All deltas of a stream, joined by choice. */
  private static Map<Integer, Answer> join(TextStream stream) throws InterruptedException {
    Map<Integer, Answer> answers = new TreeMap<>();
    while (!stream.isFinished()) {
      TextDelta delta = Objects.requireNonNull(stream.next(LONG), "nothing for long");
      answers.merge(delta.choice(), answer(delta), TextStreamTest::join);
    }
    return answers;
  }

  private static Answer answer(TextDelta delta) {
    return new Answer(
        delta.text(), delta.tokens().stream().map(Object::toString).toList(), delta.finish());
  }

  private static Answer join(Answer a, Answer b) {
    assertThat(a.finish()).as("nothing follows the end").isNull();
    List<String> tokens = new ArrayList<>(a.tokens());
    tokens.addAll(b.tokens());
    return new Answer(a.text() + b.text(), tokens, b.finish());
  }

  @ParameterizedTest
  @ValueSource(strings = {"abc", "say:stop at the END of it", "say:END", "say:", "say:🙂 — ünd"})
  void isTheSameInPiecesAndAsAWhole(String prompt) throws InterruptedException {
    for (boolean echo : new boolean[] {false, true}) {
      GenerationOptions options = options(3, 2, "END", " over", "—");
      Map<Integer, Answer> pieces;
      Usage usage;
      try (TextStream stream = start(prompt, 50, echo, options)) {
        pieces = join(stream);
        usage = stream.usage();
      }
      try (TextStream stream = start(prompt, 50, echo, options)) {
        List<TextDelta> whole = stream.collect();
        assertThat(whole).hasSize(3);
        for (TextDelta delta : whole) {
          Answer expected = Objects.requireNonNull(pieces.get(delta.choice()));
          assertThat(delta.text()).isEqualTo(expected.text());
          assertThat(delta.finish()).isEqualTo(expected.finish());
          assertThat(delta.tokens()).hasSameSizeAs(expected.tokens());
        }
        assertThat(stream.usage()).isEqualTo(usage);
      }
    }
  }

  @Test
  void endsAtAStopTextAndTellsTheBackend() throws InterruptedException {
    try (TextStream stream = start("hang-after:one END two", 50, false, options(1, 0, "END"))) {
      TextDelta answer = stream.collect().getFirst();
      assertThat(answer.text()).isEqualTo("one ");
      assertThat(answer.finish()).isEqualTo(Finish.STOP);
      assertThat(answer.tokens()).as("tokens of the stop text count").hasSize(7);
      assertThat(stream.usage().completionTokens()).isEqualTo(7);
    }
    awaitEnd(new GenerationEvent.Cancelled(CancelCause.STOP_STRING));
  }

  @Test
  void stopTextsDoNotEndAnAnswerBeforeItsLeastTokens() throws InterruptedException {
    GenerationOptions options =
        new GenerationOptions(
            null,
            0,
            0,
            1,
            0,
            Penalties.NONE,
            Map.of(),
            4,
            null,
            1,
            List.of("b"),
            Set.of(),
            false,
            -1,
            false,
            null,
            0,
            "",
            new ResponseFormat.Text());
    try (TextStream stream = start("say:abcabcabc", 50, false, options)) {
      TextDelta answer = stream.collect().getFirst();
      assertThat(answer.text()).isEqualTo("abca");
      assertThat(answer.finish()).isEqualTo(Finish.STOP);
    }
  }

  @Test
  void leavesTheStopTokenOutOfTheText() throws InterruptedException {
    GenerationOptions options =
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
            List.of(),
            Set.of((int) 'x'),
            false,
            -1,
            true,
            null,
            0,
            "",
            new ResponseFormat.Text());
    try (TextStream stream = start("say:abxcd", 50, false, options)) {
      TextDelta answer = stream.collect().getFirst();
      assertThat(answer.text()).isEqualTo("ab");
      assertThat(answer.tokens()).extracting(ReplyToken::id).containsExactly(97, 98, 120);
      assertThat(answer.finish()).isEqualTo(Finish.STOP);
    }
  }

  @Test
  void goesOnPastTheEndOfSequenceIfAsked() throws InterruptedException {
    GenerationOptions options =
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
            List.of(),
            Set.of(),
            true,
            -1,
            false,
            null,
            0,
            "",
            new ResponseFormat.Text());
    try (TextStream stream = start("say:ab", 50, false, options)) {
      assertThat(stream.collect().getFirst().finish()).isEqualTo(Finish.LENGTH);
    }
    assertThat(backend.requests.getFirst().stopTokens()).isEmpty();
  }

  @Test
  void echoesThePromptWithItsScores() throws InterruptedException {
    try (TextStream stream = start("say:é!", 1, true, options(1, 1))) {
      TextDelta answer = stream.collect().getFirst();
      assertThat(answer.text()).startsWith("say:é!");
      assertThat(answer.tokens()).as("BOS, 7 bytes, 1 generated").hasSize(9);
      assertThat(answer.tokens())
          .extracting(ReplyToken::offset)
          .containsExactly(0, 0, 1, 2, 3, 4, 4, 5, 6);
      assertThat(logprob(answer.tokens().getFirst())).isNull();
      assertThat(answer.tokens().subList(1, 9))
          .allSatisfy(token -> assertThat(logprob(token)).isNotNull());
    }
  }

  @Test
  void onlyScoresAPromptWithoutTokensToGenerate() throws InterruptedException {
    try (TextStream stream = start("abc", 0, true, options(1, 0))) {
      TextDelta answer = stream.collect().getFirst();
      assertThat(answer.text()).isEqualTo("abc");
      assertThat(answer.tokens()).hasSize(4).allMatch(ReplyToken::isPrompt);
      assertThat(stream.usage()).isEqualTo(new Usage(4, 0, 0));
    }
  }

  @Test
  void countsCachedTokensOfEachPromptOnce() throws InterruptedException {
    try (TextStream stream = start("cached:ab", 9, false, options(3, -1))) {
      stream.collect();
      assertThat(stream.usage()).isEqualTo(new Usage(10, 9, 3 * 3));
    }
  }

  @Test
  void derivesTheSeedsOfChoices() throws InterruptedException {
    try (TextStream stream = start("abc", 1, false, options(3, -1))) {
      stream.collect();
    }
    assertThat(backend.requests)
        .extracting(request -> request.sampling().seed())
        .containsExactly(5L, 6L, 7L);
  }

  @Test
  void wakesUpWhenTheClientGoes() throws InterruptedException {
    try (TextStream stream = start("hang", 5, false, options(2, -1))) {
      assertThat(stream.next(Duration.ofMillis(1))).isNull();
      Thread.ofVirtual().start(stream::clientGone);
      assertThatThrownBy(() -> stream.next(LONG)).isInstanceOf(ApiException.ClientGone.class);
    }
    awaitEnd(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE));
  }

  @Test
  void givesUpWhatIsNotFinishedWithinItsTime() throws InterruptedException {
    List<EncodedPrompt> prompts =
        List.of(new EncodedPrompt(model.tokenizer().encode("hang", true), null, 5));
    RequestOrigin hurried = new RequestOrigin("id", "", Duration.ofMillis(30));
    try (TextStream stream =
        TextStream.start(model, hurried, prompts, options(1, -1), ReplyShape.content(null))) {
      assertThat(stream.next(Duration.ofMillis(1))).isNull();
      assertThatThrownBy(() -> stream.next(LONG)).isInstanceOf(ApiException.DeadlineExceeded.class);
    }
    awaitEnd(new GenerationEvent.Cancelled(CancelCause.DEADLINE));
  }

  @Test
  void tokensThatKeepComingDoNotPutOffTheDeadline() {
    List<EncodedPrompt> prompts =
        List.of(new EncodedPrompt(model.tokenizer().encode("say:abc", true), null, 5));
    RequestOrigin late = new RequestOrigin("id", "", Duration.ZERO);
    try (TextStream stream =
        TextStream.start(model, late, prompts, options(1, -1), ReplyShape.content(null))) {
      assertThatThrownBy(stream::collect).isInstanceOf(ApiException.DeadlineExceeded.class);
    }
  }

  @Test
  void givesUpAReaderThatDoesNotRead() throws InterruptedException {
    try (TextStream stream = start("endless", 1_000_000, false, options(1, -1))) {
      awaitEnd(new GenerationEvent.Cancelled(CancelCause.SLOW_READER));
      assertThatThrownBy(
              () -> {
                while (true) {
                  stream.next(LONG);
                }
              })
          .isInstanceOf(ApiException.ClientGone.class)
          .hasMessageContaining("slow");
    }
  }

  @Test
  void failsWithoutTellingWhy() {
    try (TextStream stream = start("fail", 5, false, options(1, -1))) {
      assertThatThrownBy(stream::collect)
          .isInstanceOf(ApiException.GenerationFailed.class)
          .hasMessageNotContaining("secret");
    }
  }

  @Test
  void submitsAllOrNothing() throws InterruptedException {
    List<EncodedPrompt> prompts =
        List.of(
            new EncodedPrompt(model.tokenizer().encode("hang", true), null, 5),
            new EncodedPrompt(model.tokenizer().encode("full", true), null, 5));
    assertThatThrownBy(() ->
            TextStream.start(model, ORIGIN, prompts, options(1, -1), ReplyShape.content(null)))
        .isInstanceOfSatisfying(
            ApiException.Overloaded.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofMillis(2500)));
    awaitEnd(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE));
  }

  private void awaitEnd(GenerationEvent expected) throws InterruptedException {
    while (backend.running.get() > 0) {
      Thread.sleep(1);
    }
    assertThat(backend.ends.get("id")).isNotEmpty().allMatch(expected::equals);
  }
}
