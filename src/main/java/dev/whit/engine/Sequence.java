package dev.whit.engine;

import dev.whit.backend.BackendListener;
import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationListener;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.LogitsSink;
import dev.whit.backend.Pooling;
import dev.whit.backend.TokenConstraint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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
  private final BackendListener figures;
  private final Timeline timeline;
  private final BlockTable blockTable;
  private final int promptLength;
  private final int maxTokens;
  private final AtomicReference<@Nullable CancelCause> cancelCause = new AtomicReference<>();
  private final int blockSize;
  private final BlockHash root;
  private final List<BlockHash> blockHashes = new ArrayList<>();

  /** Of the rows of an embedding that are computed; null if none is wanted. */
  private final @Nullable HiddenStatePool pool;

  private int[] tokens;
  private int length;
  private int computedTokens;
  private final int promptRowsEnd;
  private int promptRowsDone;
  private int publishedBlocks;
  private boolean begun;

  /** Where a constrained answer is; null where any token may come. */
  private TokenConstraint.@Nullable Position position;

  private boolean stopped;
  private long place;

  /**
   * A sequence that has arrived and waits.
   *
   * @param figures hears how it goes
   * @param root what its keys and values depend on beside its tokens
   * @param arrived engine clock, ns
   */
  Sequence(
      GenerationRequest request,
      GenerationListener listener,
      BackendListener figures,
      EngineConfig config,
      BlockHash root,
      long arrived) {
    this.request = request;
    this.listener = listener;
    this.figures = figures;
    timeline = new Timeline(arrived);
    blockSize = config.blockSize();
    blockTable = new BlockTable(blockSize);
    this.root = root;
    tokens = request.prompt().clone();
    length = tokens.length;
    promptLength = length;
    maxTokens = Math.min(request.maxTokens(), config.maxContext() - promptLength);
    pool = request.pooling() == null ? null : new HiddenStatePool();
    LogitsSink logits = request.logits();
    promptRowsDone =
        request.pooling() == Pooling.LAST ? promptLength - 1 : logits == null ? 0 : logits.from();
    // The row of the prompt's last token scores none of its tokens.
    promptRowsEnd =
        pool != null
            ? promptLength
            : request.promptLogprobs() >= 0 || logits != null ? promptLength - 1 : 0;
    TokenConstraint constraint = request.constraint();
    position = constraint == null ? null : constraint.start();
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

  /** Where the rows of its embedding are gathered, null if none is wanted. */
  public @Nullable HiddenStatePool pool() {
    return pool;
  }

  /**
   * Position of the first row of the prompt that is still wanted for itself: to score the token
   * after it, or for the embedding.
   */
  int promptRowsDone() {
    return promptRowsDone;
  }

  /** Position after the last such row. */
  int promptRowsEnd() {
    return promptRowsEnd;
  }

  int computedTokens() {
    return computedTokens;
  }

  /** Tokens that are to be computed: all for a next one, else as far as rows are wanted. */
  int targetTokens() {
    return generates() ? length : promptRowsEnd;
  }

  /** Whether all that it still needs for its next token is its last one: somebody waits for it. */
  boolean isAnswering() {
    return generated() > 0 && computedTokens == length - 1;
  }

  GenerationListener listener() {
    return listener;
  }

  BackendListener figures() {
    return figures;
  }

  Timeline timeline() {
    return timeline;
  }

  /** The tokens before {@code end} are computed, and what is wanted of their rows is reported. */
  void computed(int end) {
    computedTokens = end;
    promptRowsDone = Math.max(promptRowsDone, Math.min(end, promptRowsEnd));
  }

  /** Adds a generated token. */
  void append(int token) {
    if (length == tokens.length) {
      tokens = Arrays.copyOf(tokens, length + Math.max(16, length / 2));
    }
    tokens[length++] = token;
    if (position != null && position.allows(token)) {
      position = position.after(token);
      stopped = position.mustEnd();
    } else {
      stopped = request.stopTokens().contains(token);
    }
  }

  /** Where the answer is in what constrains it, null if nothing does. */
  TokenConstraint.@Nullable Position position() {
    return position;
  }

  /**
   * Takes the blocks that are in the cache already for its first tokens, which are computed
   * thereby. It has no blocks yet.
   */
  void reusePrefix(BlockManager manager) {
    int most = reusableTokens() / blockSize;
    while (blockTable.count() < most) {
      int block = manager.find(blockHash(blockTable.count()));
      if (block == BlockManager.NONE) {
        break;
      }
      blockTable.share(block, manager);
    }
    publishedBlocks = blockTable.count();
    computedTokens = publishedBlocks * blockSize;
  }

  /** Its place in the order of arrival. */
  long place() {
    return place;
  }

  /** It has arrived as the {@code newPlace}-th. */
  void arrived(long newPlace) {
    place = newPlace;
  }

  /** It runs from now on. Returns whether for the first time. */
  boolean begin() {
    boolean first = !begun;
    begun = true;
    return first;
  }

  /** Whether it has run, though perhaps it does not run now. */
  boolean hasBegun() {
    return begun;
  }

  /** Whether its first tokens may come from the cache. */
  boolean mayReusePrefix() {
    return reusableTokens() > 0;
  }

  // The last token's row is the next one's logits; wanted rows of the prompt are needed too.
  private int reusableTokens() {
    return promptRowsDone < promptRowsEnd ? promptRowsDone : length - 1;
  }

  /** Lets others find the full blocks that it has computed. */
  void publishBlocks(BlockManager manager) {
    for (; publishedBlocks < computedTokens / blockSize; publishedBlocks++) {
      manager.publish(blockTable.block(publishedBlocks), blockHash(publishedBlocks));
    }
  }

  private BlockHash blockHash(int index) {
    while (blockHashes.size() <= index) {
      BlockHash before = blockHashes.isEmpty() ? root : blockHashes.getLast();
      blockHashes.add(before.next(tokens, blockHashes.size() * blockSize, blockSize));
    }
    return blockHashes.get(index);
  }

  /**
   * Loses its blocks: what is no longer in the cache later must be computed again. Tokens and
   * reported scores stay.
   */
  void releaseBlocks(BlockManager manager) {
    blockTable.release(manager);
    computedTokens = 0;
    publishedBlocks = 0;
  }

  @Override
  public void cancel(CancelCause cause) {
    cancelCause.compareAndSet(null, cause);
  }

  /** The event that ends this sequence now, or null while it goes on. */
  @Nullable GenerationEvent ending() {
    if (stopped) {
      return new GenerationEvent.Finished(FinishReason.STOP);
    }
    if (generated() == maxTokens && (generates() || computedTokens == targetTokens())) {
      return new GenerationEvent.Finished(pool == null ? FinishReason.LENGTH : FinishReason.STOP);
    }
    CancelCause cause = cancelCause.get();
    return cause == null ? null : new GenerationEvent.Cancelled(cause);
  }
}
