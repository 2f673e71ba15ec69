package dev.whit.rest;

import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** {@code GET /version}. */
@Path("/version")
public final class VersionResource {
  private final Version version;

  /** The server's version. */
  public record Version(String version) {}

  @Inject
  VersionResource(@ConfigProperty(name = "quarkus.application.version") String version) {
    this.version = new Version(version);
  }

  /** The server's version. */
  @GET
  @Produces(MediaType.APPLICATION_JSON)
  public Version version() {
    return version;
  }
}
