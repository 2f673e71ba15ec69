package dev.whit.metrics;

import dev.whit.backend.BackendListener;
import dev.whit.backend.RequestLabel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The meters of one model: of its engine, and of its requests, those of each arm of an experiment
 * by themselves ({@link RequestMeters}). vLLM's names where it has any, so that its dashboards read
 * them unchanged.
 */
final class ModelMetrics implements BackendListener {
  private final MeterRegistry registry;
  private final String model;
  private final int maxContext;
  private final Meters meters;
  private final Map<RequestLabel, RequestMeters> requests = new ConcurrentHashMap<>();
  private final Counter prefixCacheQueries;
  private final Counter prefixCacheHits;
  private final DistributionSummary stepTokens;
  private volatile StepStats state;

  ModelMetrics(
      MeterRegistry registry, String model, ModelFigures figures, BooleanSupplier healthy) {
    this.registry = registry;
    this.model = model;
    maxContext = figures.maxContext();
    meters = Meters.of(registry, model, RequestLabel.NONE);
    state = new StepStats(0, 0, 0, figures.blocks(), 0, 0, 0, 0, 0);

    gauge("vllm:num_requests_running", "Requests that run", StepStats::running);
    gauge("vllm:num_requests_waiting", "Requests that wait", StepStats::waiting);
    gauge(
        "vllm:kv_cache_usage_perc",
        "Share of the key/value cache in use, 1 is all",
        stats -> (double) stats.usedBlocks() / stats.totalBlocks());
    FunctionCounter.builder("vllm:num_preemptions_total", this, m -> m.state.preemptions())
        .description("Sequences that lost their cache blocks to another")
        .tags(meters.labels())
        .register(registry);
    prefixCacheQueries =
        meters.counter("vllm:prefix_cache_queries_total", "Tokens looked for in the prefix cache");
    prefixCacheHits =
        meters.counter("vllm:prefix_cache_hits_total", "Tokens that were in the prefix cache");
    stepTokens =
        meters.summary(
            "vllm:iteration_tokens_total", "Tokens computed in a step", Buckets.STEP_TOKENS);
    constants(figures);
    meters.gauge(
        "whit_engine_healthy",
        "Whether the model's engine works: one that has failed stays at 0",
        () -> healthy.getAsBoolean() ? 1 : 0);
    of(RequestLabel.NONE);
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
  public BackendListener forGeneration(RequestLabel label) {
    return of(label);
  }

  private RequestMeters of(RequestLabel label) {
    return requests.computeIfAbsent(
        label, l -> new RequestMeters(Meters.of(registry, model, l), maxContext));
  }

  private void gauge(String name, String description, ToDoubleFunction<StepStats> value) {
    meters.gauge(name, description, () -> value.applyAsDouble(state));
  }

  private void constant(String name, String description, double value, String... more) {
    meters.gauge(name, description, () -> value, more);
  }
}
