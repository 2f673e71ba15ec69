package dev.whit.engine;

import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationListener;
import dev.whit.backend.GenerationRequest;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A generation inside the engine: its tokens so far, how many of them are computed (their keys and
 * values are in the cache), and its cache blocks. Belongs to the engine thread, but for {@link
 * #cancel}.
 */
public final class Sequence implements Generation {
  private final GenerationRequest request;
  private final GenerationListener listener;
  private final Timeline timeline;
  private final BlockTable blockTable;
  private final int promptLength;
  private final int maxTokens;
  private final AtomicReference<@Nullable CancelCause> cancelCause = new AtomicReference<>();

  private int[] tokens;
  private int length;
  private int computedTokens;
  private int scoredRows;

  /**
   * A sequence that has arrived and waits.
   *
   * @param arrived engine clock, ns
   */
  Sequence(
      GenerationRequest request, GenerationListener listener, EngineConfig config, long arrived) {
    this.request = request;
    this.listener = listener;
    timeline = new Timeline(arrived);
    blockTable = new BlockTable(config.blockSize());
    tokens = request.prompt().clone();
    length = tokens.length;
    promptLength = length;
    maxTokens = Math.min(request.maxTokens(), config.maxContext() - promptLength);
  }

  /** What was asked for. */
  public GenerationRequest request() {
    return request;
  }

  /** Number of prompt tokens. */
  public int promptLength() {
    return promptLength;
  }

  /** Number of tokens, prompt and generated. */
  public int length() {
    return length;
  }

  /** The token at a position. */
  public int token(int position) {
    return tokens[position];
  }

  /** Number of tokens generated so far: the index of the next one. */
  public int generated() {
    return length - promptLength;
  }

  /** Where its keys and values are. */
  public BlockTable blockTable() {
    return blockTable;
  }

  /** Whether it generates tokens, rather than only scoring its prompt. */
  boolean generates() {
    return maxTokens > 0;
  }

  /** Whether the scores of its prompt are wanted. */
  boolean scoresPrompt() {
    return request.promptLogprobs() >= 0;
  }

  /** Position of the first row whose prompt score is still wanted: it scores the next token. */
  int scoredRows() {
    return scoredRows;
  }

  int computedTokens() {
    return computedTokens;
  }

  /** Tokens that are to be computed: all for a next one, all but the last to score the prompt. */
  int targetTokens() {
    if (generates()) {
      return length;
    }
    return scoresPrompt() ? length - 1 : 0;
  }

  GenerationListener listener() {
    return listener;
  }

  Timeline timeline() {
    return timeline;
  }

  /** The tokens before {@code end} are computed, and scored where that is wanted. */
  void computed(int end) {
    computedTokens = end;
    scoredRows = Math.max(scoredRows, Math.min(end, promptLength - 1));
  }

  /** Adds a generated token. */
  void append(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, length + Math.max(16, length / 2));
    }
    tokens[length++] = token;
  }

  /** Loses its blocks: everything must be computed again. Tokens and reported scores stay. */
  void preempt(BlockManager manager) {
    blockTable.release(manager);
    computedTokens = 0;
  }

  @Override
  public void cancel(CancelCause cause) {
    cancelCause.compareAndSet(null, cause);
  }

  /** The event that ends this sequence now, or null while it goes on. */
  @Nullable GenerationEvent ending() {
    if (generated() > 0 && request.stopTokens().contains(tokens[length - 1])) {
      return new GenerationEvent.Finished(FinishReason.STOP);
    }
    if (generated() == maxTokens && (generates() || computedTokens == targetTokens())) {
      return new GenerationEvent.Finished(FinishReason.LENGTH);
    }
    CancelCause cause = cancelCause.get();
    return cause == null ? null : new GenerationEvent.Cancelled(cause);
  }
}
