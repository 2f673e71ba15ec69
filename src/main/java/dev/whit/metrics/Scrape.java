package dev.whit.metrics;

import io.micrometer.prometheus.PrometheusMeterRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Answers a scrape: OpenMetrics to a client that prefers it, Prometheus text to any other. The
 * framework's own route does the reverse: 406 to who asks for OpenMetrics alone, and that format to
 * who asks for nothing.
 */
@Singleton
@SuppressWarnings("deprecation") // the registry that the framework provides
final class Scrape {
  private static final String TEXT = "text/plain";
  private static final String OPEN_METRICS = "application/openmetrics-text";

  /** After the filter of every exchange, before the framework's route. */
  private static final int ORDER = -2;

  private final PrometheusMeterRegistry registry;
  private final String path;

  @Inject
  Scrape(
      PrometheusMeterRegistry registry,
      @ConfigProperty(name = "quarkus.micrometer.export.prometheus.path") String path) {
    this.registry = registry;
    this.path = path;
  }

  void register(@Observes Router router) {
    // The first format is the one for a client that takes any.
    router.get(path).order(ORDER).produces(TEXT).produces(OPEN_METRICS).handler(this::answer);
    router.get(path).order(ORDER + 1).handler(this::answer);
  }

  private void answer(RoutingContext exchange) {
    String format =
        OPEN_METRICS.equals(exchange.getAcceptableContentType())
            ? TextFormat.CONTENT_TYPE_OPENMETRICS_100
            : TextFormat.CONTENT_TYPE_004;
    exchange.response().putHeader(HttpHeaders.CONTENT_TYPE, format).end(registry.scrape(format));
  }
}
