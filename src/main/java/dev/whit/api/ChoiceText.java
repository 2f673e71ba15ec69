package dev.whit.api;

import dev.whit.backend.TokenScore;
import dev.whit.tokenizer.IncrementalDetokenizer;
import dev.whit.tokenizer.Tokenizer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One answer in the making: tokens go in, text that is certain comes out. A token comes out with
 * the end of its text. One thread at a time.
 */
final class ChoiceText {
  /**
   * Prompt tokens that the answer's first tokens are decoded behind, so that a word's leading space
   * is not taken for the beginning of a text.
   */
  private static final int CONTEXT_TOKENS = 8;

  private final int index;
  private final TokenTexts texts;
  private final Set<Integer> stopTokens;
  private final boolean wantsTokens;
  private final IncrementalDetokenizer detokenizer;
  private final StopStrings stops;
  private final int minTokens;

  /** Special tokens that mark parts of an answer, and are text. */
  private final Set<String> markers;

  private final Tokenizer tokenizer;
  private final MessageParser parser;

  /** Certain text that has not been taken. */
  private final MessageDraft draft = new MessageDraft();

  private final Queue<HeldToken> held = new ArrayDeque<>();

  /** Characters of the prompt that the detokenizer has yet to return. */
  private int promptCharacters;

  /** Code points of the answer's text that have been decoded, and that are certain. */
  private int decoded;

  private int certain;

  /** Prompt tokens that are echoed with their log-probabilities, and how many have been. */
  private int[] echoedIds = {};

  private int[] echoedOffsets = {};
  private int echoed;

  private int generated;
  private @Nullable Finish finish;

  private record HeldToken(ReplyToken token, int end) {}

  ChoiceText(
      int index,
      ServedModel model,
      EncodedPrompt prompt,
      GenerationOptions options,
      ReplyShape shape,
      Set<Integer> stopTokens) {
    this.index = index;
    this.texts = model.tokenTexts();
    this.stopTokens = stopTokens;
    this.wantsTokens = options.wantsTokens();
    // What is constrained ends where it is complete, and nowhere else.
    this.stops = new StopStrings(shape.constraint() == null ? options.stop() : List.of());
    this.parser = shape.parsers().apply(index);
    this.markers = shape.markers();
    this.tokenizer = model.tokenizer();
    this.minTokens = options.minTokens();
    this.detokenizer = model.tokenizer().detokenizer(true);
    readContext(model.tokenizer(), prompt.ids());
    if (prompt.echo() != null) {
      draft.content(prompt.echo());
      certain = decoded = codePoints(prompt.echo());
      if (options.logprobs() >= 0) {
        echoedIds = prompt.ids();
        echoedOffsets = offsets(model.tokenizer().detokenizer(true), prompt.ids(), decoded);
        addEchoed(null);
      }
    }
  }

  private void readContext(Tokenizer tokenizer, int[] prompt) {
    int[] tail =
        Arrays.copyOfRange(prompt, Math.max(0, prompt.length - CONTEXT_TOKENS), prompt.length);
    int returned = 0;
    for (int id : tail) {
      returned += detokenizer.add(id).length();
    }
    // An incomplete character at the end is left to the token that completes it.
    promptCharacters = withoutIncompleteEnd(tokenizer.decode(tail, true)).length() - returned;
  }

  /** A decoded text without the U+FFFD of a character that it ends inside of. */
  static String withoutIncompleteEnd(String text) {
    int end = text.length();
    while (end > 0 && text.charAt(end - 1) == '\uFFFD') {
      end--;
    }
    return text.substring(0, end);
  }

  /** Where each token's text begins, in code points. */
  private static int[] offsets(IncrementalDetokenizer detokenizer, int[] ids, int length) {
    int[] offsets = new int[ids.length];
    int at = 0;
    for (int i = 0; i < ids.length; i++) {
      offsets[i] = Math.min(at, length);
      at += codePoints(detokenizer.add(ids[i]));
    }
    return offsets;
  }

  /** The backend's scores of the next prompt tokens, which begin with the second. */
  void promptScored(List<TokenScore> scores) {
    if (echoed > 0) {
      scores.forEach(this::addEchoed);
    }
  }

  private void addEchoed(@Nullable TokenScore score) {
    int id = echoedIds[echoed];
    ReplyToken.Logprobs logprobs =
        score == null ? new ReplyToken.Logprobs(texts.of(id), null, List.of()) : logprobs(score);
    held.add(new HeldToken(new ReplyToken(id, true, echoedOffsets[echoed], logprobs), certain));
    echoed++;
  }

  /** A generated token. */
  void token(int id, @Nullable TokenScore score) {
    generated++;
    int offset = decoded;
    append(stopTokens.contains(id) ? "" : text(id));
    if (wantsTokens) {
      ReplyToken token = new ReplyToken(id, false, offset, score == null ? null : logprobs(score));
      held.add(new HeldToken(token, decoded));
    }
    if (stops.matched()) {
      parser.finish(draft);
      finish = finished(Finish.STOP);
    }
  }

  /** What ended, ended in calls. */
  private Finish finished(Finish reason) {
    return reason == Finish.STOP && draft.calls() > 0 ? Finish.TOOL_CALLS : reason;
  }

  private String text(int id) {
    String special = tokenizer.isSpecial(id) ? tokenizer.token(id) : null;
    if (special != null && markers.contains(special)) {
      return special;
    }
    return withoutPrompt(detokenizer.add(id));
  }

  /** No token follows. */
  void finish(Finish reason) {
    if (generated > 0) {
      append(withoutPrompt(detokenizer.finish()));
    }
    if (!stops.matched()) {
      parser.add(stops.finish(), draft);
    }
    parser.finish(draft);
    finish = finished(stops.matched() ? Finish.STOP : reason);
  }

  private void append(String piece) {
    decoded += codePoints(piece);
    // What comes before the least number of tokens cannot end the answer, nor begin its end.
    String released = generated > minTokens ? stops.add(piece) : piece;
    certain += codePoints(released);
    parser.add(released, draft);
  }

  private String withoutPrompt(String piece) {
    int drop = Math.min(promptCharacters, piece.length());
    promptCharacters -= drop;
    return piece.substring(drop);
  }

  private ReplyToken.Logprobs logprobs(TokenScore score) {
    List<ReplyToken.Alternative> alternatives = new ArrayList<>(score.topTokens().length);
    for (int i = 0; i < score.topTokens().length; i++) {
      alternatives.add(
          new ReplyToken.Alternative(texts.of(score.topTokens()[i]), score.topLogprobs()[i]));
    }
    return new ReplyToken.Logprobs(texts.of(score.token()), score.logprob(), alternatives);
  }

  private static int codePoints(String text) {
    return text.codePointCount(0, text.length());
  }

  /** Why the answer ended, null while it goes on. */
  @Nullable Finish finish() {
    return finish;
  }

  /** Whether the answer is complete. */
  boolean isFinished() {
    return finish != null;
  }

  /** Tokens generated, those of a stop text and a stop token included. */
  int generated() {
    return generated;
  }

  /** What has become certain since the last call, null if nothing has. */
  @Nullable TextDelta take() {
    List<ReplyToken> tokens = new ArrayList<>();
    for (HeldToken next = held.peek();
        next != null && (isFinished() || next.end() <= certain);
        next = held.peek()) {
      tokens.add(held.remove().token());
    }
    if (draft.isEmpty() && tokens.isEmpty() && finish == null) {
      return null;
    }
    return draft.take(index, tokens, finish);
  }
}
