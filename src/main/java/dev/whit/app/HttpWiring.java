package dev.whit.app;

import dev.whit.api.RequestOrigin;
import dev.whit.config.WhitConfig;
import dev.whit.rest.AdminKey;
import dev.whit.rest.HttpLimits;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Gives the HTTP surface its settings. */
@Singleton
final class HttpWiring {
  @Produces
  @Singleton
  HttpLimits limits(WhitConfig config) {
    WhitConfig.Http http = config.http();
    return new HttpLimits(
        Math.toIntExact(http.maxBody().bytes()),
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
}
