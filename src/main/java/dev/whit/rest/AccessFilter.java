package dev.whit.rest;

import dev.whit.rest.access.ApiKeys;
import dev.whit.rest.access.CallerLimits;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Lets an exchange pass to its resource: pages of which origins may read replies, whether the
 * caller has an API key, and whether that key is within its limits. Probes and the page need no
 * key, and what administrators do has one of its own.
 */
@Singleton
final class AccessFilter {
  /** After the filter of every exchange, before anything that answers. */
  private static final int CORS_ORDER = -9_001;

  private static final int KEY_ORDER = -9_000;

  private static final String BEARER = "bearer ";
  private static final Set<String> OPEN = Set.of("/health", "/admin");
  private static final Duration PREFLIGHT_AGE = Duration.ofHours(1);

  private final ApiKeys keys;
  private final CallerLimits limits;
  private final AccessRules rules;

  /** The caller has no API key, or none that is known. */
  static final class Unauthorized extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Unauthorized(String message) {
      super(message, null, false, false);
    }
  }

  @Inject
  AccessFilter(ApiKeys keys, CallerLimits limits, AccessRules rules) {
    this.keys = keys;
    this.limits = limits;
    this.rules = rules;
  }

  void register(@Observes Router router) {
    if (!rules.origins().isEmpty()) {
      CorsHandler cors = cors(rules.origins());
      router
          .route()
          .order(CORS_ORDER)
          .handler(exchange -> {
            if (isOwnPage(exchange.request())) {
              exchange.next();
            } else {
              cors.handle(exchange);
            }
          });
    }
    if (keys.required()) {
      router.route().order(KEY_ORDER).handler(this::requireKey);
    }
  }

  /** Browsers name the origin of a page to its own server too. */
  private static boolean isOwnPage(HttpServerRequest request) {
    String origin = request.getHeader(HttpHeaders.ORIGIN);
    String host = request.getHeader(HttpHeaders.HOST);
    return "same-origin".equals(request.getHeader("sec-fetch-site"))
        || (origin != null && host != null && origin.endsWith("://" + host));
  }

  private static CorsHandler cors(List<String> origins) {
    CorsHandler handler =
        CorsHandler.create()
            .allowedMethod(HttpMethod.GET)
            .allowedMethod(HttpMethod.POST)
            .allowedHeaders(Set.of("authorization", "content-type", "x-request-id"))
            .exposedHeaders(Set.of("x-request-id", "retry-after"))
            .maxAgeSeconds(Math.toIntExact(PREFLIGHT_AGE.toSeconds()));
    return origins.contains("*") ? handler.addOrigin("*") : handler.addOrigins(origins);
  }

  private void requireKey(RoutingContext exchange) {
    if (isOpen(exchange.normalizedPath())) {
      exchange.next();
      return;
    }
    try {
      String caller = caller(exchange.request());
      // Only what makes work counts: a scrape does not take a caller's turn.
      if (exchange.request().method().equals(HttpMethod.POST)) {
        Runnable end = limits.begin(caller);
        exchange.addEndHandler(ended -> end.run());
      }
      exchange.next();
    } catch (Unauthorized | CallerLimits.LimitExceeded e) {
      exchange.fail(e);
    }
  }

  private boolean isOpen(String path) {
    return PageFilter.isPage(path)
        || OPEN.stream().anyMatch(open -> path.equals(open) || path.startsWith(open + "/"))
        || (rules.publicMetrics() && path.equals(rules.metricsPath()));
  }

  private String caller(HttpServerRequest request) {
    String given = bearerToken(request.getHeader(HttpHeaders.AUTHORIZATION));
    if (given == null) {
      throw new Unauthorized("an API key is required: Authorization: Bearer KEY");
    }
    Optional<String> caller = keys.caller(given);
    return caller.orElseThrow(() -> new Unauthorized("the API key is not known here"));
  }

  private static @Nullable String bearerToken(@Nullable String authorization) {
    return authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
        ? authorization.substring(BEARER.length()).strip()
        : null;
  }
}
