package dev.whit.rest;

import dev.whit.api.CompletionService;
import dev.whit.api.ModelRegistry;
import dev.whit.api.TextStream;
import dev.whit.rest.openai.CompletionCall;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code POST /v1/completions}. */
@Path("/v1/completions")
public final class CompletionsResource {
  private final ModelRegistry models;
  private final CompletionService completions;
  private final RequestBody body;
  private final Answers answers;
  private final HttpLimits limits;

  @Inject
  CompletionsResource(
      ModelRegistry models,
      CompletionService completions,
      RequestBody body,
      Answers answers,
      HttpLimits limits) {
    this.models = models;
    this.completions = completions;
    this.body = body;
    this.answers = answers;
    this.limits = limits;
  }

  /** Completes prompts. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  public Response complete(@Context RoutingContext exchange) throws InterruptedException {
    models.requireReady();
    CompletionCall call = CompletionCall.parse(body.read(exchange));
    TextStream stream = completions.complete(call.request(), Exchange.origin(exchange, limits));
    return answers.reply(
        exchange, Operation.TEXT_COMPLETION, stream, call.format(stream), call.delivery());
  }
}
