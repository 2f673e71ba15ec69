package dev.whit.rest;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * A line for each exchange when it has ended: who, what, how long, and of answers how many tokens.
 * Prompts, answers and keys are not in it. Probes and scrapes that succeed are left out.
 */
@Singleton
final class AccessLog {
  private static final Logger LOG = Logger.getLogger("dev.whit.access");
  private static final int MAX_PATH = 128;
  private static final int CLIENT_GONE = 499;

  private final AccessRules rules;

  @Inject
  AccessLog(AccessRules rules) {
    this.rules = rules;
  }

  /** Follows an exchange that has just begun. */
  void follow(RoutingContext exchange) {
    if (!rules.log()) {
      return;
    }
    long begin = System.nanoTime();
    exchange.addEndHandler(end -> {
      long duration = System.nanoTime() - begin;
      int status = end.failed() ? CLIENT_GONE : exchange.response().getStatusCode();
      // When the client goes, the thread that reads the answer has yet to find out.
      Exchange.whenAnswered(exchange, figures -> write(exchange, status, begin, duration, figures));
    });
  }

  private void write(
      RoutingContext exchange,
      int status,
      long begin,
      long duration,
      @Nullable AnswerFigures figures) {
    HttpServerRequest request = exchange.request();
    String path = printable(String.valueOf(request.path()));
    if (status < 400 && (path.startsWith("/health") || path.equals(rules.metricsPath()))) {
      return;
    }
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("request_id", Exchange.id(exchange));
    fields.put("method", request.method().name());
    fields.put("path", path);
    fields.put("status", Integer.toString(status));
    fields.put("duration_ms", milliseconds(duration));
    if (figures != null) {
      fields.put("model", figures.model());
      fields.put("prompt_tokens", Integer.toString(figures.usage().promptTokens()));
      fields.put("cached_tokens", Integer.toString(figures.usage().cachedTokens()));
      fields.put("completion_tokens", Integer.toString(figures.usage().completionTokens()));
      figures.firstToken().ifPresent(first -> fields.put("ttft_ms", milliseconds(first - begin)));
    }
    log(fields);
  }

  /** In JSON the fields are fields too. */
  private static void log(Map<String, String> fields) {
    fields.forEach(MDC::put);
    try {
      LOG.info(
          fields.entrySet().stream()
              .map(field -> field.getKey() + "=" + field.getValue())
              .collect(Collectors.joining(" ")));
    } finally {
      fields.keySet().forEach(MDC::remove);
    }
  }

  private static String printable(String path) {
    String shortened = path.length() <= MAX_PATH ? path : path.substring(0, MAX_PATH) + "...";
    return shortened.replaceAll("[^!-~]", "?");
  }

  private static String milliseconds(long nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos * 1e-6);
  }
}
