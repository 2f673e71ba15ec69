package dev.whit.rest;

import dev.whit.api.EmbeddingService;
import dev.whit.api.Embeddings;
import dev.whit.api.ModelRegistry;
import dev.whit.rest.openai.EmbeddingCall;
import dev.whit.rest.openai.EmbeddingReply;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.OptionalLong;

/** {@code POST /v1/embeddings}. */
@Path("/v1/embeddings")
public final class EmbeddingsResource {
  private final ModelRegistry models;
  private final EmbeddingService embeddings;
  private final RequestBody body;
  private final Traces traces;
  private final HttpLimits limits;

  @Inject
  EmbeddingsResource(
      ModelRegistry models,
      EmbeddingService embeddings,
      RequestBody body,
      Traces traces,
      HttpLimits limits) {
    this.models = models;
    this.embeddings = embeddings;
    this.body = body;
    this.traces = traces;
    this.limits = limits;
  }

  /** Embeds texts. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @Produces(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  public EmbeddingReply embed(@Context RoutingContext exchange) throws InterruptedException {
    models.requireReady();
    EmbeddingCall call = EmbeddingCall.parse(body.read(exchange));
    Embeddings pending = embeddings.embed(call.request(), Exchange.origin(exchange, limits));
    Exchange.answering(exchange);
    traces.follow(exchange, Operation.EMBEDDINGS, pending.model(), null);
    Exchange.whenClientGoes(exchange, pending::clientGone);
    boolean complete = false;
    try (pending) {
      List<float[]> collected = pending.collect();
      complete = true;
      return EmbeddingReply.of(pending.model(), collected, call.base64(), pending.usage());
    } finally {
      Exchange.answered(
          exchange,
          new AnswerFigures(
              pending.model(), pending.usage(), OptionalLong.empty(), List.of(), complete));
    }
  }
}
