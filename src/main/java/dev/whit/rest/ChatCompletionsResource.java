package dev.whit.rest;

import dev.whit.api.ChatService;
import dev.whit.api.ModelRegistry;
import dev.whit.api.TextStream;
import dev.whit.rest.openai.ChatCall;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** {@code POST /v1/chat/completions}. */
@Path("/v1/chat/completions")
public final class ChatCompletionsResource {
  private final ModelRegistry models;
  private final ChatService chats;
  private final RequestBody body;
  private final Answers answers;
  private final HttpLimits limits;

  @Inject
  ChatCompletionsResource(
      ModelRegistry models,
      ChatService chats,
      RequestBody body,
      Answers answers,
      HttpLimits limits) {
    this.models = models;
    this.chats = chats;
    this.body = body;
    this.answers = answers;
    this.limits = limits;
  }

  /** Continues a conversation. */
  @POST
  @Consumes(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  public Response chat(@Context RoutingContext exchange) throws InterruptedException {
    models.requireReady();
    ChatCall call = ChatCall.parse(body.read(exchange));
    TextStream stream = chats.chat(call.request(), Exchange.origin(exchange, limits));
    return answers.reply(exchange, Operation.CHAT, stream, call.format(stream), call.delivery());
  }
}
