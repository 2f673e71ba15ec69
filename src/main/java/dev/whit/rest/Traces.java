package dev.whit.rest;

import dev.whit.api.Finish;
import dev.whit.api.GenerationOptions;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A span for each answer, inside the one that the framework makes of its exchange, with the
 * attributes of OpenTelemetry's conventions for generative AI. Texts are not among them. Costs next
 * to nothing while traces are off.
 *
 * @see <a href="https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/">Conventions</a>
 */
@Singleton
final class Traces {
  private static final AttributeKey<List<String>> FINISH_REASONS =
      AttributeKey.stringArrayKey("gen_ai.response.finish_reasons");

  private final Tracer tracer;

  @Inject
  Traces(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Follows an answer that is being generated until it goes no further; on its own thread. */
  void follow(
      RoutingContext exchange,
      Operation operation,
      String model,
      @Nullable GenerationOptions options) {
    Span span =
        tracer
            .spanBuilder(operation.title() + " " + model)
            .setSpanKind(SpanKind.INTERNAL) // the model runs in this process
            .startSpan();
    if (!span.isRecording()) {
      return;
    }
    span.setAttribute("gen_ai.operation.name", operation.title());
    span.setAttribute("gen_ai.provider.name", "whit");
    span.setAttribute("gen_ai.request.model", model);
    span.setAttribute("gen_ai.response.id", Exchange.id(exchange));
    if (options != null) {
      describe(span, options);
    }
    Exchange.whenAnswered(exchange, figures -> end(span, figures));
  }

  private static void describe(Span span, GenerationOptions options) {
    span.setAttribute("gen_ai.request.temperature", options.temperature());
    span.setAttribute("gen_ai.request.top_p", options.topP());
    span.setAttribute("gen_ai.request.top_k", (double) options.topK());
    span.setAttribute("gen_ai.request.frequency_penalty", options.penalties().frequency());
    span.setAttribute("gen_ai.request.presence_penalty", options.penalties().presence());
    if (options.maxTokens() != null) {
      span.setAttribute("gen_ai.request.max_tokens", (long) options.maxTokens());
    }
    if (options.seed() != null) {
      span.setAttribute("gen_ai.request.seed", options.seed());
    }
    if (options.choices() > 1) {
      span.setAttribute("gen_ai.request.choice.count", options.choices());
    }
  }

  private static void end(Span span, @Nullable AnswerFigures figures) {
    if (figures != null) {
      span.setAttribute("gen_ai.response.model", figures.model());
      span.setAttribute("gen_ai.usage.input_tokens", figures.usage().promptTokens());
      span.setAttribute("gen_ai.usage.cache_read.input_tokens", figures.usage().cachedTokens());
      span.setAttribute("gen_ai.usage.output_tokens", figures.usage().completionTokens());
      span.setAttribute(FINISH_REASONS, figures.finishes().stream().map(Traces::wireName).toList());
      figures
          .firstToken()
          .ifPresent(
              first -> span.addEvent("gen_ai.first_token", epoch(first), TimeUnit.NANOSECONDS));
      if (!figures.complete()) {
        span.setAttribute("error.type", "incomplete");
        span.setStatus(StatusCode.ERROR);
      }
    }
    span.end();
  }

  private static String wireName(Finish finish) {
    return finish.name().toLowerCase(Locale.ROOT);
  }

  /** {@link System#nanoTime()} as time since the epoch. */
  private static long epoch(long nanoTime) {
    return TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis())
        - (System.nanoTime() - nanoTime);
  }
}
