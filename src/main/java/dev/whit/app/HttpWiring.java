package dev.whit.app;

import dev.whit.api.RequestOrigin;
import dev.whit.config.WhitConfig;
import dev.whit.rest.AccessRules;
import dev.whit.rest.AdminKey;
import dev.whit.rest.HttpLimits;
import dev.whit.rest.access.ApiKey;
import dev.whit.rest.access.ApiKeys;
import dev.whit.rest.access.CallerLimits;
import dev.whit.rest.access.KeyFile;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Gives the HTTP surface its settings. */
@Singleton
final class HttpWiring {
  @Produces
  @Singleton
  HttpLimits limits(WhitConfig config) {
    WhitConfig.Http http = config.http();
    return new HttpLimits(
        Math.toIntExact(http.maxBody().bytes()),
        http.headerTimeout(),
        http.keepAlive(),
        http.bodyTimeout(),
        http.pingInterval(),
        http.slowReader(),
        config.deadline().orElse(RequestOrigin.UNLIMITED));
  }

  @Produces
  @Singleton
  AdminKey adminKey(WhitConfig config) {
    return new AdminKey(config.adminKey());
  }

  @Produces
  @Singleton
  ApiKeys keys(WhitConfig config) {
    return new ApiKeys(
        config.apiKeys().orElse(List.of()).stream().map(ApiKey::of).toList(),
        config.apiKeyFile().map(KeyFile::new).orElse(null));
  }

  @Produces
  @Singleton
  CallerLimits callerLimits(WhitConfig config) {
    return new CallerLimits(config.access().maxConcurrent(), config.access().requestsPerMinute());
  }

  @Produces
  @Singleton
  AccessRules accessRules(
      WhitConfig config,
      @ConfigProperty(name = "quarkus.micrometer.export.prometheus.path") String metricsPath) {
    return new AccessRules(
        config.access().corsOrigins().orElse(List.of()),
        metricsPath,
        config.access().publicMetrics(),
        config.log().access());
  }
}
