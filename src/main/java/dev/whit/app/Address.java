package dev.whit.app;

import dev.whit.config.WhitConfig;
import dev.whit.rest.access.ApiKeys;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jboss.logging.Logger;

/** Tells where the server listens. */
@Singleton
final class Address {
  private static final Logger LOG = Logger.getLogger(Address.class);

  private final WhitConfig config;
  private final ApiKeys keys;

  Address(WhitConfig config, ApiKeys keys) {
    this.config = config;
    this.keys = keys;
  }

  /** Logs where to send requests, with one to try. */
  void announce(String model) {
    LOG.infof(
        "Listening on %s, try: curl -N %s/v1/completions -H 'content-type: application/json'"
            + " -d '{\"model\":\"%s\",\"prompt\":\"The old house stood\",\"max_tokens\":40,"
            + "\"stream\":true}'",
        url(), url(), model);
    if (!keys.required() && !isLoopback(config.host())) {
      LOG.warnf(
          "Anybody who reaches %s may use this server: give it keys by --api-key-file or"
              + " WHIT_API_KEYS",
          config.host());
    }
  }

  private String url() {
    // Not the setting: with port 0 the framework writes the port it got here.
    Config framework = ConfigProvider.getConfig();
    boolean tls =
        framework
            .getOptionalValue("quarkus.http.insecure-requests", String.class)
            .filter("disabled"::equalsIgnoreCase)
            .isPresent();
    int port =
        framework.getValue(tls ? "quarkus.http.ssl-port" : "quarkus.http.port", Integer.class);
    String host = config.host().contains(":") ? "[" + config.host() + "]" : config.host();
    return (tls ? "https://" : "http://") + host + ":" + port;
  }

  private static boolean isLoopback(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
