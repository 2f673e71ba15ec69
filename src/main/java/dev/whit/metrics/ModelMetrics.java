package dev.whit.metrics;

import dev.whit.backend.BackendListener;
import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.RejectedException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one model: vLLM's names, so that its dashboards read them unchanged, the
 * OpenTelemetry names for generative AI servers, and our own. All are registered at once and show 0
 * before the first request.
 *
 * <p>Times are recorded of requests that ended well; token counts and outcomes of all. Called by
 * the model's engine thread, and by any thread for rejections.
 */
final class ModelMetrics implements BackendListener {
  private final MeterRegistry registry;
  private final Tags tags;
  private volatile StepStats state;

  private final Counter accepted;
  private final Counter promptTokens;
  private final Counter generationTokens;
  private final Counter prefixCacheQueries;
  private final Counter prefixCacheHits;
  private final DistributionSummary stepTokens;
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

  ModelMetrics(
      MeterRegistry registry, String model, ModelFigures figures, BooleanSupplier healthy) {
    this.registry = registry;
    tags = labels(model);
    state = new StepStats(0, 0, 0, figures.blocks(), 0, 0, 0, 0, 0);

    gauge("vllm:num_requests_running", "Requests that run", StepStats::running);
    gauge("vllm:num_requests_waiting", "Requests that wait", StepStats::waiting);
    gauge(
        "vllm:kv_cache_usage_perc",
        "Share of the key/value cache in use, 1 is all",
        stats -> (double) stats.usedBlocks() / stats.totalBlocks());
    FunctionCounter.builder("vllm:num_preemptions_total", this, m -> m.state.preemptions())
        .description("Sequences that lost their cache blocks to another")
        .tags(tags)
        .register(registry);
    accepted =
        counter("whit_requests_accepted_total", "Requests taken: each of them ends, some way");
    promptTokens =
        counter("vllm:prompt_tokens_total", "Tokens of prompts that are done, cached ones too");
    generationTokens = counter("vllm:generation_tokens_total", "Tokens generated");
    prefixCacheQueries =
        counter("vllm:prefix_cache_queries_total", "Tokens looked for in the prefix cache");
    prefixCacheHits =
        counter("vllm:prefix_cache_hits_total", "Tokens that were in the prefix cache");
    stepTokens =
        summary("vllm:iteration_tokens_total", "Tokens computed in a step", Buckets.STEP_TOKENS);
    double[] requestTokens = Buckets.oneTwoFive(figures.maxContext());
    requestPromptTokens =
        summary("vllm:request_prompt_tokens", "Prompt tokens of a request", requestTokens);
    requestGenerationTokens =
        summary("vllm:request_generation_tokens", "Tokens generated for a request", requestTokens);
    timeToFirstToken =
        timer("vllm:time_to_first_token_seconds", "Arrival to first token", Buckets.FIRST_TOKEN);
    interTokenLatency =
        timer("vllm:inter_token_latency_seconds", "Token to token", Buckets.INTER_TOKEN);
    endToEnd = timer("vllm:e2e_request_latency_seconds", "Arrival to end", Buckets.REQUEST);
    queueTime = timer("vllm:request_queue_time_seconds", "Arrival to first step", Buckets.REQUEST);
    prefillTime =
        timer("vllm:request_prefill_time_seconds", "First step to first token", Buckets.REQUEST);
    decodeTime = timer("vllm:request_decode_time_seconds", "First token to last", Buckets.REQUEST);
    serverRequestDuration =
        timer("gen_ai.server.request.duration", "Arrival to end, however", Buckets.REQUEST);
    serverTimeToFirstToken =
        timer("gen_ai.server.time_to_first_token", "Arrival to first token", Buckets.FIRST_TOKEN);
    serverTimePerOutputToken =
        timer(
            "gen_ai.server.time_per_output_token",
            "Mean time of a request's tokens after its first",
            Buckets.INTER_TOKEN);
    for (Outcome outcome : Outcome.values()) {
      outcomes.put(
          outcome,
          counter(
              "vllm:request_success_total",
              "Requests that ended",
              "finished_reason",
              label(outcome)));
    }
    for (CancelCause cause : CancelCause.values()) {
      cancellations.put(
          cause,
          counter("whit_requests_cancelled_total", "Requests given up", "cause", label(cause)));
    }
    for (RejectedException.Reason reason : RejectedException.Reason.values()) {
      rejections.put(
          reason,
          counter("whit_requests_rejected_total", "Requests refused", "reason", label(reason)));
    }
    constants(figures);
    Gauge.builder("whit_engine_healthy", () -> healthy.getAsBoolean() ? 1 : 0)
        .description("Whether the model's engine works: one that has failed stays at 0")
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  /** What every meter of ours is labelled with: nobody's model is {@code ""}. */
  static Tags labels(String model) {
    return Tags.of("model_name", model, "experiment", "", "arm", "");
  }

  private void constants(ModelFigures figures) {
    constant(
        "vllm:cache_config_info",
        "Shape of the key/value cache",
        1,
        "block_size",
        Integer.toString(figures.blockSize()),
        "num_gpu_blocks",
        Integer.toString(figures.blocks()));
    constant("whit_model_load_seconds", "Time to load", figures.load().toNanos() * 1e-9);
    constant(
        "whit_model_bits_per_weight",
        "Effective bits per weight of the linear layers, scales counted",
        figures.bitsPerWeight());
    constant("whit_kv_cache_bytes", "Size of the key/value cache", (double) figures.kvBytes());
    figures
        .weightBytes()
        .forEach((part, bytes) ->
            constant(
                "whit_model_weight_bytes",
                "Weight bytes in the file",
                (double) bytes,
                "part",
                part));
  }

  @Override
  public void onStep(StepStats stats) {
    state = stats;
    prefixCacheQueries.increment(stats.queriedTokens());
    prefixCacheHits.increment(stats.cachedTokens());
    int tokens = stats.prefillTokens() + stats.decodeTokens();
    if (tokens > 0) {
      stepTokens.record(tokens);
    }
  }

  @Override
  public BackendListener forCaller() {
    Context current = Context.current();
    boolean traced = Span.fromContext(current).getSpanContext().isSampled();
    return traced ? new TracedFigures(this, current) : this;
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

  private void gauge(String name, String description, ToDoubleFunction<StepStats> value) {
    Gauge.builder(name, this, metrics -> value.applyAsDouble(metrics.state))
        .description(description)
        .tags(tags)
        .strongReference(true)
        .register(registry);
  }

  private void constant(String name, String description, double value, String... more) {
    Gauge.builder(name, () -> value)
        .description(description)
        .tags(tags.and(more))
        .strongReference(true)
        .register(registry);
  }

  private Counter counter(String name, String description, String... more) {
    return Counter.builder(name).description(description).tags(tags.and(more)).register(registry);
  }

  private DistributionSummary summary(String name, String description, double[] buckets) {
    return DistributionSummary.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  private Timer timer(String name, String description, Duration[] buckets) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(buckets)
        .register(registry);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static <K extends Enum<K>> Counter of(Map<K, Counter> counters, K key) {
    Counter counter = counters.get(key);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + key);
    }
    return counter;
  }
}
