package dev.whit.rest;

import dev.whit.api.ModelAdministration;
import dev.whit.rest.openai.AdminReply;
import dev.whit.rest.openai.ModelOrderCall;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code /admin/models}: what is served changes while the server runs. */
@Path("/admin/models")
@Produces(MediaType.APPLICATION_JSON)
public final class AdminModelsResource {
  private final AdminKey key;
  private final ModelAdministration models;
  private final RequestBody body;

  @Inject
  AdminModelsResource(AdminKey key, ModelAdministration models, RequestBody body) {
    this.key = key;
    this.models = models;
    this.body = body;
  }

  /** What is loaded, and what is on its way. */
  @GET
  public AdminReply.Page list(@Context RoutingContext exchange) {
    key.require(exchange);
    return AdminReply.Page.of(models.models());
  }

  /** Loads a model; the reply comes when it can be used. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  public Response load(@Context RoutingContext exchange) throws InterruptedException {
    key.require(exchange);
    AdminReply loaded = AdminReply.of(models.load(ModelOrderCall.parse(body.read(exchange))));
    return Response.status(Response.Status.CREATED).entity(loaded).build();
  }

  /** Unloads a model; the reply comes when its memory is free. */
  @DELETE
  @Path("{name: .+}")
  @RunOnVirtualThread
  public void unload(@Context RoutingContext exchange, @PathParam("name") String name) {
    key.require(exchange);
    models.unload(name);
  }
}
