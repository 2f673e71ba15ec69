package dev.whit.rest;

import dev.whit.api.ModelRegistry;
import dev.whit.api.TokenizationService;
import dev.whit.rest.openai.DetokenizeCall;
import dev.whit.rest.openai.TokenizationReply;
import dev.whit.rest.openai.TokenizeCall;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /tokenize}, {@code POST /detokenize} and {@code GET /tokenizer_info}, as vLLM has
 * them: lm-evaluation-harness tokenises by them when it is told to use the server's tokenizer.
 */
@Path("/")
@Produces(MediaType.APPLICATION_JSON)
public final class TokenizationResource {
  private final ModelRegistry models;
  private final TokenizationService tokenization;
  private final RequestBody body;

  @Inject
  TokenizationResource(ModelRegistry models, TokenizationService tokenization, RequestBody body) {
    this.models = models;
    this.tokenization = tokenization;
    this.body = body;
  }

  /** Token ids of a text. */
  @POST
  @Path("tokenize")
  @Consumes(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  public TokenizationReply.Tokens tokenize(@Context RoutingContext exchange)
      throws InterruptedException {
    models.requireReady();
    TokenizeCall call = TokenizeCall.parse(body.read(exchange));
    return TokenizationReply.Tokens.of(
        tokenization.tokenize(call.model(), call.prompt(), call.addSpecialTokens()),
        call.returnTokenTexts());
  }

  /** Text of token ids. */
  @POST
  @Path("detokenize")
  @Consumes(MediaType.APPLICATION_JSON)
  @RunOnVirtualThread
  public TokenizationReply.Text detokenize(@Context RoutingContext exchange)
      throws InterruptedException {
    models.requireReady();
    DetokenizeCall call = DetokenizeCall.parse(body.read(exchange));
    return new TokenizationReply.Text(tokenization.detokenize(call.model(), call.tokens()));
  }

  /** What the tokenizer is; of several models that of {@code ?model=NAME}, else the first. */
  @GET
  @Path("tokenizer_info")
  public TokenizationReply.TokenizerInfo info(@QueryParam("model") @Nullable String model) {
    models.requireReady();
    // The harness asks without a model.
    String name = model == null ? models.models().getFirst().name() : model;
    return TokenizationReply.TokenizerInfo.of(tokenization.describe(name));
  }
}
