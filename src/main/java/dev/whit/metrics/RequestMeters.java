package dev.whit.metrics;

import dev.whit.backend.BackendListener;
import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.RejectedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * The meters of the requests of one model that count as one: under vLLM's names, under those of
 * OpenTelemetry for generative AI servers, and under our own. All are registered at once and show 0
 * before the first request.
 *
 * <p>Times are recorded of requests that ended well; token counts and outcomes of all. Called by
 * the model's engine thread, and by any thread for rejections.
 */
final class RequestMeters implements BackendListener {
  private final Counter accepted;
  private final Counter promptTokens;
  private final Counter generationTokens;
  private final DistributionSummary requestPromptTokens;
  private final DistributionSummary requestGenerationTokens;
  private final Timer timeToFirstToken;
  private final Timer interTokenLatency;
  private final Timer endToEnd;
  private final Timer queueTime;
  private final Timer prefillTime;
  private final Timer decodeTime;
  private final Timer serverRequestDuration;
  private final Timer serverTimeToFirstToken;
  private final Timer serverTimePerOutputToken;
  private final Map<Outcome, Counter> outcomes = new EnumMap<>(Outcome.class);
  private final Map<CancelCause, Counter> cancellations = new EnumMap<>(CancelCause.class);
  private final Map<RejectedException.Reason, Counter> rejections =
      new EnumMap<>(RejectedException.Reason.class);

  /** The values of {@code finished_reason}, which are vLLM's. */
  private enum Outcome {
    STOP,
    LENGTH,
    ABORT,
    ERROR;

    static Outcome of(GenerationEvent last) {
      return switch (last) {
        case GenerationEvent.Finished(FinishReason reason) ->
            switch (reason) {
              case STOP -> STOP;
              case LENGTH -> LENGTH;
            };
        case GenerationEvent.Cancelled(CancelCause cause) ->
            switch (cause) {
              case STOP_STRING -> STOP;
              case CLIENT_GONE, SLOW_READER, DEADLINE, UNLOADED, SHUTDOWN -> ABORT;
            };
        case GenerationEvent.Failed f -> ERROR;
        case GenerationEvent.PromptCached c -> throw notLast(c);
        case GenerationEvent.PromptScored p -> throw notLast(p);
        case GenerationEvent.Embedded e -> throw notLast(e);
        case GenerationEvent.Token t -> throw notLast(t);
      };
    }

    private static IllegalArgumentException notLast(GenerationEvent event) {
      return new IllegalArgumentException("not the end of a generation: " + event);
    }
  }

  /**
   * Registers them.
   *
   * @param maxContext most tokens of a request
   */
  RequestMeters(Meters meters, int maxContext) {
    accepted =
        meters.counter(
            "whit_requests_accepted_total", "Requests taken: each of them ends, some way");
    promptTokens =
        meters.counter(
            "vllm:prompt_tokens_total", "Tokens of prompts that are done, cached ones too");
    generationTokens = meters.counter("vllm:generation_tokens_total", "Tokens generated");
    double[] requestTokens = Buckets.oneTwoFive(maxContext);
    requestPromptTokens =
        meters.summary("vllm:request_prompt_tokens", "Prompt tokens of a request", requestTokens);
    requestGenerationTokens =
        meters.summary(
            "vllm:request_generation_tokens", "Tokens generated for a request", requestTokens);
    timeToFirstToken =
        meters.timer(
            "vllm:time_to_first_token_seconds", "Arrival to first token", Buckets.FIRST_TOKEN);
    interTokenLatency =
        meters.timer("vllm:inter_token_latency_seconds", "Token to token", Buckets.INTER_TOKEN);
    endToEnd = meters.timer("vllm:e2e_request_latency_seconds", "Arrival to end", Buckets.REQUEST);
    queueTime =
        meters.timer("vllm:request_queue_time_seconds", "Arrival to first step", Buckets.REQUEST);
    prefillTime =
        meters.timer(
            "vllm:request_prefill_time_seconds", "First step to first token", Buckets.REQUEST);
    decodeTime =
        meters.timer("vllm:request_decode_time_seconds", "First token to last", Buckets.REQUEST);
    serverRequestDuration =
        meters.timer("gen_ai.server.request.duration", "Arrival to end, however", Buckets.REQUEST);
    serverTimeToFirstToken =
        meters.timer(
            "gen_ai.server.time_to_first_token", "Arrival to first token", Buckets.FIRST_TOKEN);
    serverTimePerOutputToken =
        meters.timer(
            "gen_ai.server.time_per_output_token",
            "Mean time of a request's tokens after its first",
            Buckets.INTER_TOKEN);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(
          outcome,
          meters.counter(
              "vllm:request_success_total",
              "Requests that ended",
              "finished_reason",
              Meters.label(outcome)));
    }
    for (CancelCause cause : CancelCause.values()) {
      cancellations.put(
          cause,
          meters.counter(
              "whit_requests_cancelled_total", "Requests given up", "cause", Meters.label(cause)));
    }
    for (RejectedException.Reason reason : RejectedException.Reason.values()) {
      rejections.put(
          reason,
          meters.counter(
              "whit_requests_rejected_total", "Requests refused", "reason", Meters.label(reason)));
    }
  }

  @Override
  public void onAccepted() {
    accepted.increment();
  }

  @Override
  public void onPrompt(int tokens) {
    promptTokens.increment(tokens);
  }

  @Override
  public void onFirstToken(Duration sinceArrival) {
    generationTokens.increment();
    timeToFirstToken.record(sinceArrival);
    serverTimeToFirstToken.record(sinceArrival);
  }

  @Override
  public void onToken(Duration sincePrevious) {
    generationTokens.increment();
    interTokenLatency.record(sincePrevious);
  }

  @Override
  public void onFinished(GenerationStats stats) {
    Outcome outcome = Outcome.of(stats.outcome());
    of(outcomes, outcome).increment();
    if (stats.outcome() instanceof GenerationEvent.Cancelled(CancelCause cause)) {
      of(cancellations, cause).increment();
    }
    requestPromptTokens.record(stats.promptTokens());
    requestGenerationTokens.record(stats.generatedTokens());
    serverRequestDuration.record(stats.total());
    switch (outcome) {
      case STOP, LENGTH -> recordTimes(stats);
      case ABORT, ERROR -> {}
    }
  }

  private void recordTimes(GenerationStats stats) {
    endToEnd.record(stats.total());
    queueTime.record(stats.queued());
    prefillTime.record(stats.prefill());
    decodeTime.record(stats.decode());
    if (stats.generatedTokens() > 1) {
      serverTimePerOutputToken.record(stats.decode().dividedBy(stats.generatedTokens() - 1L));
    }
  }

  @Override
  public void onRejected(RejectedException.Reason reason) {
    of(rejections, reason).increment();
  }

  private static <K extends Enum<K>> Counter of(Map<K, Counter> counters, K key) {
    Counter counter = counters.get(key);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + key);
    }
    return counter;
  }
}
