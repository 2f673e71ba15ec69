package dev.whit.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.backend.BackendListener;
import dev.whit.backend.BackendListener.GenerationStats;
import dev.whit.backend.BackendListener.StepStats;
import dev.whit.backend.CancelCause;
import dev.whit.backend.FinishReason;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.RejectedException;
import dev.whit.backend.RequestLabel;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ModelMetricsTest {
  private static final ModelFigures FIGURES =
      new ModelFigures(
          1024, 16, 100, 4096, Map.of("linears", 10L, "norms", 2L), 0.73, Duration.ofMillis(1500));

  private static final TimeUnit MILLIS = TimeUnit.MILLISECONDS;

  private final MeterRegistry registry = new SimpleMeterRegistry();
  private ModelMetrics metrics;
  private BackendListener requests;
  private boolean healthy = true;

  @BeforeEach
  void register() {
    metrics = new ModelMetrics(registry, "m", FIGURES, () -> healthy);
    requests = metrics.forGeneration(RequestLabel.NONE);
  }

  @Test
  void everyMeterHasTheSameThreeLabels() {
    assertThat(registry.getMeters())
        .isNotEmpty()
        .allSatisfy(meter -> {
          assertThat(meter.getId().getTag("model_name")).isEqualTo("m");
          assertThat(meter.getId().getTag("experiment")).isEmpty();
          assertThat(meter.getId().getTag("arm")).isEmpty();
        });
  }

  @Test
  void everythingIsThereBeforeTheFirstRequest() {
    assertThat(registry.getMeters())
        .extracting(meter -> meter.getId().getName())
        .contains(
            "vllm:num_requests_running",
            "vllm:num_requests_waiting",
            "vllm:kv_cache_usage_perc",
            "vllm:cache_config_info",
            "vllm:num_preemptions_total",
            "whit_requests_accepted_total",
            "vllm:prompt_tokens_total",
            "vllm:generation_tokens_total",
            "vllm:prefix_cache_queries_total",
            "vllm:prefix_cache_hits_total",
            "vllm:request_success_total",
            "vllm:time_to_first_token_seconds",
            "vllm:inter_token_latency_seconds",
            "vllm:e2e_request_latency_seconds",
            "vllm:request_queue_time_seconds",
            "vllm:request_prefill_time_seconds",
            "vllm:request_decode_time_seconds",
            "vllm:request_prompt_tokens",
            "vllm:request_generation_tokens",
            "vllm:iteration_tokens_total",
            "gen_ai.server.request.duration",
            "gen_ai.server.time_to_first_token",
            "gen_ai.server.time_per_output_token");
    assertThat(count("vllm:request_success_total", "finished_reason", "stop")).isZero();
    assertThat(gauge("vllm:cache_config_info", "block_size", "16", "num_gpu_blocks", "100"))
        .isEqualTo(1);
    assertThat(gauge("whit_model_weight_bytes", "part", "linears")).isEqualTo(10);
    assertThat(gauge("whit_model_load_seconds")).isEqualTo(1.5);
  }

  @Test
  void stepsSetGaugesAndCountTokensAndPreemptions() {
    metrics.onStep(new StepStats(2, 3, 25, 100, 7, 1, 0, 40, 32));
    metrics.onStep(new StepStats(1, 0, 10, 100, 0, 0, 4, 9, 0));

    assertThat(gauge("vllm:num_requests_running")).isEqualTo(1);
    assertThat(gauge("vllm:num_requests_waiting")).isZero();
    assertThat(gauge("vllm:kv_cache_usage_perc")).isEqualTo(0.1);
    assertThat(registry.get("vllm:num_preemptions_total").functionCounter().count()).isEqualTo(4);
    assertThat(count("vllm:prompt_tokens_total")).as("not when computed, when done").isZero();
    assertThat(count("vllm:prefix_cache_queries_total")).isEqualTo(49);
    assertThat(count("vllm:prefix_cache_hits_total")).isEqualTo(32);
    assertThat(registry.get("vllm:iteration_tokens_total").summary().totalAmount()).isEqualTo(8);
    assertThat(registry.get("vllm:iteration_tokens_total").summary().count()).isEqualTo(1);
  }

  @Test
  void tokensAreCountedAndTimed() {
    requests.onPrompt(11);
    requests.onFirstToken(Duration.ofMillis(30));
    requests.onToken(Duration.ofMillis(4));
    requests.onToken(Duration.ofMillis(6));

    assertThat(count("vllm:prompt_tokens_total")).isEqualTo(11);
    assertThat(count("vllm:generation_tokens_total")).isEqualTo(3);
    assertThat(registry.get("vllm:time_to_first_token_seconds").timer().count()).isEqualTo(1);
    assertThat(registry.get("gen_ai.server.time_to_first_token").timer().count()).isEqualTo(1);
    assertThat(registry.get("vllm:inter_token_latency_seconds").timer().totalTime(MILLIS))
        .isEqualTo(10);
  }

  @Test
  void aRequestThatEndedWellHasItsTimesRecorded() {
    requests.onFinished(stats(new GenerationEvent.Finished(FinishReason.LENGTH), 5));

    assertThat(count("vllm:request_success_total", "finished_reason", "length")).isEqualTo(1);
    assertThat(registry.get("vllm:e2e_request_latency_seconds").timer().totalTime(MILLIS))
        .isEqualTo(100);
    assertThat(registry.get("vllm:request_queue_time_seconds").timer().totalTime(MILLIS))
        .isEqualTo(10);
    assertThat(registry.get("vllm:request_prefill_time_seconds").timer().totalTime(MILLIS))
        .isEqualTo(50);
    assertThat(registry.get("vllm:request_decode_time_seconds").timer().totalTime(MILLIS))
        .isEqualTo(40);
    assertThat(registry.get("gen_ai.server.time_per_output_token").timer().totalTime(MILLIS))
        .isEqualTo(10);
    assertThat(registry.get("vllm:request_prompt_tokens").summary().totalAmount()).isEqualTo(3);
    assertThat(registry.get("vllm:request_generation_tokens").summary().totalAmount()).isEqualTo(5);
  }

  @Test
  void aStopStringIsAStopAndAClientThatWentIsAnAbort() {
    requests.onFinished(stats(new GenerationEvent.Cancelled(CancelCause.STOP_STRING), 2));
    requests.onFinished(stats(new GenerationEvent.Cancelled(CancelCause.CLIENT_GONE), 2));
    requests.onFinished(stats(new GenerationEvent.Failed("broken"), 0));

    assertThat(count("vllm:request_success_total", "finished_reason", "stop")).isEqualTo(1);
    assertThat(count("vllm:request_success_total", "finished_reason", "abort")).isEqualTo(1);
    assertThat(count("vllm:request_success_total", "finished_reason", "error")).isEqualTo(1);
    assertThat(count("whit_requests_cancelled_total", "cause", "client_gone")).isEqualTo(1);
    assertThat(registry.get("vllm:e2e_request_latency_seconds").timer().count()).isEqualTo(1);
    assertThat(registry.get("gen_ai.server.request.duration").timer().count()).isEqualTo(3);
  }

  @Test
  void rejectionsAreCountedByReason() {
    requests.onRejected(RejectedException.Reason.QUEUE_FULL);

    assertThat(count("whit_requests_rejected_total", "reason", "queue_full")).isEqualTo(1);
    assertThat(count("whit_requests_rejected_total", "reason", "unavailable")).isZero();
  }

  @Test
  void requestsOfAnArmAreCountedByThemselves() {
    BackendListener arm = metrics.forGeneration(new RequestLabel("llama", "packed"));
    arm.onPrompt(5);
    requests.onPrompt(7);
    metrics.forGeneration(new RequestLabel("llama", "packed")).onPrompt(6);

    assertThat(count("vllm:prompt_tokens_total", "experiment", "llama", "arm", "packed"))
        .isEqualTo(11);
    assertThat(count("vllm:prompt_tokens_total", "experiment", "", "arm", "")).isEqualTo(7);
  }

  @Test
  void aFailedEngineShows() {
    assertThat(gauge("whit_engine_healthy")).isEqualTo(1);
    healthy = false;
    assertThat(gauge("whit_engine_healthy")).isZero();
  }

  @Test
  void bucketsOfTokensGoUpToTheContext() {
    assertThat(Buckets.oneTwoFive(120)).containsExactly(1, 2, 5, 10, 20, 50, 100);
    assertThat(List.of(Buckets.INTER_TOKEN)).first().isEqualTo(Duration.ofNanos(250_000));
    assertThat(List.of(Buckets.FIRST_TOKEN)).last().isEqualTo(Duration.ofSeconds(80));
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(Tags.of(tags)).counter().count();
  }

  private double gauge(String name, String... tags) {
    return registry.get(name).tags(Tags.of(tags)).gauge().value();
  }

  private static GenerationStats stats(GenerationEvent end, int generated) {
    return new GenerationStats(
        end,
        3,
        generated,
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(40),
        Duration.ofMillis(100));
  }
}
