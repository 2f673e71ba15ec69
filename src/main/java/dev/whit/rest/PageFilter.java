package dev.whit.rest;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.util.Set;

/**
 * Which files are the page at {@code /}, and what browsers must keep to with them: nothing but
 * these files is loaded or run, and no server but this one is asked.
 */
@Singleton
final class PageFilter {
  /** After the filter of keys, before what serves files. */
  private static final int ORDER = -8_000;

  private static final Set<String> DOCUMENT = Set.of("/", "/index.html");
  private static final String PARTS = "/page/";
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  void register(@Observes Router router) {
    router.route().order(ORDER).handler(PageFilter::restrict);
  }

  /** Whether a path is of the page, which asks for the key and so needs none. */
  static boolean isPage(String normalizedPath) {
    return DOCUMENT.contains(normalizedPath) || normalizedPath.startsWith(PARTS);
  }

  private static void restrict(RoutingContext exchange) {
    if (isPage(exchange.normalizedPath())) {
      MultiMap headers = exchange.response().headers();
      headers.set("Content-Security-Policy", POLICY);
      headers.set("X-Content-Type-Options", "nosniff");
      headers.set("Referrer-Policy", "no-referrer");
      // Files of a new version are fetched at once.
      headers.set(HttpHeaders.CACHE_CONTROL, "no-cache");
    }
    exchange.next();
  }
}
