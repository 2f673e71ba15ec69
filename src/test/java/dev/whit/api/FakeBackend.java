package dev.whit.api;

import dev.whit.backend.Backend;
import dev.whit.backend.BackendInfo;
import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.Generation;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationListener;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.Pooling;
import dev.whit.backend.RejectedException;
import dev.whit.backend.TokenConstraint;
import dev.whit.backend.TokenScore;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A backend for the byte tokenizer that does what the prompt says, each generation on its own
 * thread. {@code say:TEXT} is answered by TEXT and the end of sequence, and so is {@code
 * cached:TEXT}, whose prompt was in the cache but for its last token; {@code hang}, {@code
 * hang-after:TEXT}, {@code fail}, {@code fail-after:TEXT}, {@code full}, {@code broken} and {@code
 * endless} do that; anything else is answered by an endless text that depends on prompt and seed.
 * An embedding tells the prompt's length and last token. What is constrained, unless it is hanging
 * or failing, is answered by what the seed makes of the constraint.
 */
public final class FakeBackend implements Backend {
  public static final int MAX_CONTEXT = 1 << 20;
  private static final int EMBEDDING_SIZE = 4;
  private static final String TEXT = "The quick brown fóx jumps over — 🙂 — the lazy dog. ";

  private final int maxContext;

  /** Requests as they came. */
  public final List<GenerationRequest> requests = new CopyOnWriteArrayList<>();

  /** Last events by request id, one for each of its generations. */
  public final Map<String, List<GenerationEvent>> ends = new ConcurrentHashMap<>();

  /** Generations that have not ended. */
  public final AtomicInteger running = new AtomicInteger();

  public FakeBackend(int maxContext) {
    this.maxContext = maxContext;
  }

  @Override
  public BackendInfo info() {
    return new BackendInfo(
        "nanoquant",
        "llama",
        maxContext,
        ByteTokenizer.SIZE,
        EMBEDDING_SIZE,
        0.73,
        1000,
        Map.of("linears", 100L, "head", 20L),
        "fake-1.0",
        "fake");
  }

  @Override
  public Generation submit(GenerationRequest request, GenerationListener listener) {
    String prompt = new ByteTokenizer().decode(request.prompt(), true);
    if (prompt.equals("full")) {
      throw new RejectedException(
          RejectedException.Reason.QUEUE_FULL, Duration.ofMillis(2500), "full");
    }
    if (prompt.equals("broken")) {
      throw new IllegalStateException("a secret");
    }
    requests.add(request);
    Run run = new Run(request, listener, prompt);
    running.incrementAndGet();
    Thread.ofVirtual().start(run::run);
    return run;
  }

  @Override
  public boolean isHealthy() {
    return true;
  }

  @Override
  public void close() {}

  private final class Run implements Generation {
    private final GenerationRequest request;
    private final GenerationListener listener;
    private final String prompt;
    private final AtomicReference<@Nullable CancelCause> cancelled = new AtomicReference<>();
    private final CountDownLatch wake = new CountDownLatch(1);

    Run(GenerationRequest request, GenerationListener listener, String prompt) {
      this.request = request;
      this.listener = listener;
      this.prompt = prompt;
    }

    @Override
    public void cancel(CancelCause cause) {
      cancelled.compareAndSet(null, cause);
      wake.countDown();
    }

    void run() {
      GenerationEvent end = generate();
      ends.computeIfAbsent(request.id(), id -> new CopyOnWriteArrayList<>()).add(end);
      running.decrementAndGet();
      listener.onEvent(end);
    }

    private GenerationEvent generate() {
      scorePrompt();
      if (request.pooling() != null && !prompt.startsWith("hang") && !prompt.startsWith("fail")) {
        listener.onEvent(new GenerationEvent.Embedded(embedding(request.pooling())));
        return new GenerationEvent.Finished(FinishReason.STOP);
      }
      String rest = prompt.contains(":") ? prompt.substring(prompt.indexOf(':') + 1) : "";
      return switch (prompt.contains(":") ? prompt.substring(0, prompt.indexOf(':')) : prompt) {
        case "say" -> emit(rest.getBytes(StandardCharsets.UTF_8), 1, true);
        case "cached" -> {
          listener.onEvent(new GenerationEvent.PromptCached(request.prompt().length - 1));
          yield emit(rest.getBytes(StandardCharsets.UTF_8), 1, true);
        }
        case "hang", "hang-after" -> {
          emit(rest.getBytes(StandardCharsets.UTF_8), 1, false);
          yield new GenerationEvent.Cancelled(awaitCancel());
        }
        case "fail", "fail-after" -> {
          emit(rest.getBytes(StandardCharsets.UTF_8), 1, false);
          yield new GenerationEvent.Failed("a secret");
        }
        default ->
            request.constraint() == null
                ? emit(text(), Integer.MAX_VALUE, false)
                : obey(request.constraint());
      };
    }

    private float[] embedding(Pooling pooling) {
      int[] ids = request.prompt();
      return switch (pooling) {
        case MEAN -> new float[] {ids.length, ids[ids.length - 1], 0, -12};
        case LAST -> new float[] {0, ids[ids.length - 1], 0, 0};
      };
    }

    private GenerationEvent obey(TokenConstraint constraint) {
      SplittableRandom random = new SplittableRandom(request.sampling().seed());
      TokenConstraint.Position position = constraint.start();
      for (int generated = 0; generated < request.maxTokens(); generated++) {
        if (position.mayEnd() && request.stopTokens().contains(ByteTokenizer.EOS)) {
          token(ByteTokenizer.EOS);
          return new GenerationEvent.Finished(FinishReason.STOP);
        }
        List<Integer> allowed =
            IntStream.range(0, ByteTokenizer.SIZE).filter(position::allows).boxed().toList();
        int token = allowed.get(random.nextInt(allowed.size()));
        token(token);
        position = position.after(token);
        if (position.mustEnd()) {
          return new GenerationEvent.Finished(FinishReason.STOP);
        }
      }
      return new GenerationEvent.Finished(FinishReason.LENGTH);
    }

    private byte[] text() {
      long shift = request.sampling().temperature() == 0 ? 0 : request.sampling().seed();
      int from = (int) Math.floorMod(shift + prompt.length(), (long) TEXT.length());
      from = Character.isLowSurrogate(TEXT.charAt(from)) ? 0 : from;
      return (TEXT.substring(from) + TEXT.substring(0, from)).getBytes(StandardCharsets.UTF_8);
    }

    private void scorePrompt() {
      if (request.promptLogprobs() >= 0) {
        List<TokenScore> scores = new ArrayList<>();
        for (int i = 1; i < request.prompt().length; i++) {
          scores.add(score(request.prompt()[i], request.promptLogprobs()));
          if (scores.size() == 3) {
            listener.onEvent(new GenerationEvent.PromptScored(List.copyOf(scores)));
            scores.clear();
          }
        }
        if (!scores.isEmpty()) {
          listener.onEvent(new GenerationEvent.PromptScored(scores));
        }
      }
    }

    private GenerationEvent emit(byte[] text, int times, boolean end) {
      int generated = 0;
      for (int round = 0; round < times; round++) {
        for (byte b : text) {
          CancelCause cause = cancelled.get();
          if (cause != null) {
            return new GenerationEvent.Cancelled(cause);
          }
          if (generated++ == request.maxTokens()) {
            return new GenerationEvent.Finished(FinishReason.LENGTH);
          }
          int token = Byte.toUnsignedInt(b);
          token(token);
          if (request.stopTokens().contains(token)) {
            return new GenerationEvent.Finished(FinishReason.STOP);
          }
        }
      }
      if (end && generated < request.maxTokens()) {
        token(ByteTokenizer.EOS);
        if (request.stopTokens().contains(ByteTokenizer.EOS)) {
          return new GenerationEvent.Finished(FinishReason.STOP);
        }
      }
      return new GenerationEvent.Finished(FinishReason.LENGTH);
    }

    private void token(int token) {
      TokenScore score = request.topLogprobs() < 0 ? null : score(token, request.topLogprobs());
      listener.onEvent(new GenerationEvent.Token(token, score));
    }

    /** The letter a is second to its double; other even tokens are the best, odd ones are low. */
    private TokenScore score(int token, int top) {
      boolean best = token % 2 == 0;
      float logprob = token == 'a' ? -0.75f : best ? -0.1f : Float.NEGATIVE_INFINITY;
      int first = token == 'a' ? ByteTokenizer.OTHER_A : best ? token : 0xE2;
      int[] topTokens = new int[top];
      float[] topLogprobs = new float[top];
      for (int i = 0; i < top; i++) {
        topTokens[i] = i == 0 ? first : i == 1 && token == 'a' ? 'a' : 'A' + i;
        topLogprobs[i] = i == 0 ? -0.1f : i == 1 && token == 'a' ? logprob : -0.75f - i;
      }
      return new TokenScore(token, logprob, best ? 1 : 5, topTokens, topLogprobs);
    }

    private CancelCause awaitCancel() {
      try {
        boolean _ = wake.await(1, TimeUnit.MINUTES);
        return Objects.requireNonNull(cancelled.get(), "left hanging for a minute");
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
