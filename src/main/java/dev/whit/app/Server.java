package dev.whit.app;

import io.quarkus.arc.Unremovable;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.QuarkusApplication;
import jakarta.inject.Singleton;

/** x */
@Singleton
@Unremovable
public class Server implements QuarkusApplication {
  @jakarta.inject.Inject dev.whit.config.WhitConfig config;
  @Override
  public int run(String... args) {
    System.err.println(config.port() + " " + config.model());
    Quarkus.waitForExit();
    return 0;
  }
}
