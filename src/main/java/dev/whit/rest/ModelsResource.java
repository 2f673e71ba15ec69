package dev.whit.rest;

import dev.whit.api.ModelRegistry;
import dev.whit.rest.openai.ModelReply;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** {@code GET /v1/models}. */
@Path("/v1/models")
@Produces(MediaType.APPLICATION_JSON)
public final class ModelsResource {
  private final ModelRegistry models;

  @Inject
  ModelsResource(ModelRegistry models) {
    this.models = models;
  }

  /** The served models. */
  @GET
  public ModelReply.Page list() {
    models.requireReady();
    return ModelReply.Page.of(models.models().stream().map(ModelReply::of).toList());
  }

  /** One of them; names may have slashes. */
  @GET
  @Path("{name: .+}")
  public ModelReply get(@PathParam("name") String name) {
    return ModelReply.of(models.resolve(name));
  }
}
