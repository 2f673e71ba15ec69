package dev.whit.rest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.api.ApiException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;

/** Answers failures as {@link ErrorMapper} says, inside resources and outside of them. */
@Singleton
public final class ErrorResponses {
  private static final Logger LOG = Logger.getLogger(ErrorResponses.class);

  private final ObjectMapper json;

  @Inject
  ErrorResponses(ObjectMapper json) {
    this.json = json;
  }

  /** A failure of a resource, or of finding one. */
  @ServerExceptionMapper({Throwable.class, WebApplicationException.class, NotFoundException.class})
  public Response answer(Throwable failure, RoutingContext exchange) {
    ErrorMapper.HttpError error = map(failure, Exchange.id(exchange));
    Response.ResponseBuilder response =
        Response.status(error.status()).entity(error.body()).type(MediaType.APPLICATION_JSON);
    error.headers().forEach(response::header);
    if (failure instanceof WebApplicationException e) {
      String allow = e.getResponse().getHeaderString("Allow");
      if (allow != null) {
        response.header("Allow", allow);
      }
    }
    return response.build();
  }

  /** A failure before any resource. */
  void answerFailure(RoutingContext exchange) {
    HttpServerResponse response = exchange.response();
    if (response.ended()) {
      return;
    }
    // What the router itself refuses has not passed the filter.
    Exchange.begin(exchange);
    String id = Exchange.id(exchange);
    Throwable failure = exchange.failure();
    ErrorMapper.HttpError error =
        failure == null || exchange.statusCode() < 500
            ? ErrorMapper.ofStatus(exchange.statusCode(), id)
            : map(failure, id);
    try {
      error.headers().forEach(response::putHeader);
      response
          .setStatusCode(error.status())
          .putHeader(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON)
          .end(Buffer.buffer(json.writeValueAsBytes(error.body())));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an error reply is not JSON", e);
    }
  }

  /** What the client is told; what it is not told goes to the log. */
  static ErrorMapper.HttpError map(Throwable failure, String requestId) {
    ErrorMapper.HttpError error = ErrorMapper.of(failure, requestId);
    if (failure instanceof ApiException.GenerationFailed e) {
      LOG.errorf("request %s failed: %s", requestId, e.reason());
    } else if (error.status() == 500) {
      LOG.errorf(failure, "request %s failed", requestId);
    }
    return error;
  }
}
