package dev.whit.rest;

import dev.whit.api.ApiException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.ws.rs.NotFoundException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

/** Guards what only administrators may do. Without a key nobody may, and nothing is there. */
public final class AdminKey {
  private static final String BEARER = "Bearer ";

  private final Optional<String> key;

  /** With the key that requests must bring as a bearer token, if there is one. */
  public AdminKey(Optional<String> key) {
    this.key = key;
  }

  /**
   * Lets a request pass that has the key.
   *
   * @throws NotFoundException if there is none to have
   * @throws ApiException.Unauthorized if it does not have it
   */
  void require(RoutingContext exchange) {
    String expected = key.orElseThrow(NotFoundException::new);
    String given = exchange.request().getHeader(HttpHeaders.AUTHORIZATION);
    // Takes as long whatever the key has in common with the right one.
    if (given == null || !MessageDigest.isEqual(bytes(given), bytes(BEARER + expected))) {
      throw new ApiException.Unauthorized("the admin key is required: Authorization: Bearer KEY");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
