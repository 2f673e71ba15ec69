package dev.whit.experiment;

import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What answers the requests of an arm. */
public sealed interface Target {
  /**
   * A model of this server.
   *
   * @param model its name
   */
  record Local(String model) implements Target {}

  /**
   * A model of another server that speaks OpenAI's API.
   *
   * @param url what its paths begin with, {@code /v1} included: {@code https://host:8000/v1}
   * @param model the model's name there
   * @param keyVariable variable of the environment that holds its API key; null if it wants none
   * @param connectTimeout how long a connection may take
   * @param firstByteTimeout how long its reply may take to begin
   * @param idleTimeout how long it may be silent within its reply
   */
  record Remote(
      URI url,
      String model,
      @Nullable String keyVariable,
      Duration connectTimeout,
      Duration firstByteTimeout,
      Duration idleTimeout)
      implements Target {}
}
