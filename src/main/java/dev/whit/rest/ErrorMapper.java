package dev.whit.rest;

import dev.whit.api.ApiException;
import dev.whit.experiment.remote.RemoteException;
import dev.whit.rest.access.CallerLimits;
import dev.whit.rest.openai.ErrorReply;
import jakarta.ws.rs.WebApplicationException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one table from what went wrong to what the client is told. */
final class ErrorMapper {
  private static final String INVALID_REQUEST = "invalid_request_error";
  private static final int UNAUTHORIZED = 401;
  private static final int CLIENT_CLOSED_REQUEST = 499;

  /** When a remote that is not asked now may be asked again. */
  private static final Duration REMOTE_RETRY = Duration.ofSeconds(5);

  private ErrorMapper() {}

  /**
   * An error as a reply.
   *
   * @param status HTTP status
   * @param body the body
   * @param retryAfter when the client may try again
   */
  record HttpError(int status, ErrorReply body, @Nullable Duration retryAfter) {
    private static HttpError of(
        int status, String message, String type, @Nullable String param, @Nullable String code) {
      return new HttpError(
          status, new ErrorReply(new ErrorReply.Details(message, type, param, code)), null);
    }

    private HttpError retryAfter(Duration delay) {
      return new HttpError(status, body, delay);
    }

    /** Headers of the reply. */
    Map<String, String> headers() {
      Map<String, String> headers = new LinkedHashMap<>();
      if (retryAfter != null) {
        long seconds = Math.max(1, (retryAfter.toMillis() + 999) / 1000);
        headers.put("Retry-After", Long.toString(seconds));
      }
      if (status == UNAUTHORIZED) {
        headers.put("WWW-Authenticate", "Bearer realm=\"whit\"");
      }
      return headers;
    }
  }

  /** What the client is told about a failure. */
  static HttpError of(Throwable failure, String requestId) {
    return switch (failure) {
      case ApiException e -> of(e, requestId);
      case RequestBody.TooLarge e ->
          HttpError.of(413, message(e), INVALID_REQUEST, null, "request_too_large");
      case RequestBody.Encoded e ->
          HttpError.of(415, message(e), INVALID_REQUEST, null, "unsupported_media_type");
      case RequestBody.Incomplete e ->
          HttpError.of(408, message(e), INVALID_REQUEST, null, "request_timeout");
      case AccessFilter.Unauthorized e ->
          HttpError.of(401, message(e), INVALID_REQUEST, null, "invalid_api_key");
      case CallerLimits.LimitExceeded e ->
          HttpError.of(429, message(e), "rate_limit", null, "rate_limit_exceeded")
              .retryAfter(e.retryAfter());
      case RemoteException e -> of(e);
      // Nothing else reads or writes here but the connection.
      case IOException e -> clientGone("the connection is closed");
      case WebApplicationException e -> ofStatus(e.getResponse().getStatus(), requestId);
      default -> internal(requestId);
    };
  }

  private static HttpError of(ApiException failure, String requestId) {
    String message = message(failure);
    return switch (failure) {
      case ApiException.InvalidRequest e ->
          HttpError.of(400, message, INVALID_REQUEST, e.field(), null);
      case ApiException.ModelNotFound e ->
          HttpError.of(404, message, INVALID_REQUEST, "model", "model_not_found");
      case ApiException.Overloaded e ->
          HttpError.of(429, message, "rate_limit", null, "queue_full").retryAfter(e.retryAfter());
      case ApiException.Unavailable e ->
          HttpError.of(503, message, "service_unavailable", null, null).retryAfter(e.retryAfter());
      case ApiException.DeadlineExceeded e ->
          HttpError.of(504, message, "timeout", null, "deadline_exceeded");
      case ApiException.Unauthorized e ->
          HttpError.of(401, message, INVALID_REQUEST, null, "invalid_api_key");
      case ApiException.Conflict e -> HttpError.of(409, message, INVALID_REQUEST, null, "conflict");
      case ApiException.ClientGone e -> clientGone(message);
      case ApiException.GenerationFailed e -> internal(requestId);
    };
  }

  private static HttpError of(RemoteException failure) {
    String message = message(failure);
    return switch (failure.reason()) {
      case BUSY, CIRCUIT_OPEN ->
          HttpError.of(503, message, "service_unavailable", null, failure.code())
              .retryAfter(REMOTE_RETRY);
      case NO_KEY, CONNECT, RESET, STATUS, ERROR, BAD_REPLY ->
          HttpError.of(502, message, "remote_error", null, failure.code());
      case TIMEOUT, DEADLINE -> HttpError.of(504, message, "timeout", null, failure.code());
      case CANCELLED -> clientGone(message);
    };
  }

  /** What the client is told where there is nothing but a status. */
  static HttpError ofStatus(int status, String requestId) {
    return switch (status) {
      case 403 ->
          HttpError.of(
              403, "pages of this origin may not use this server", INVALID_REQUEST, null, null);
      case 404 ->
          HttpError.of(404, "there is nothing at this path", INVALID_REQUEST, null, "not_found");
      case 405 ->
          HttpError.of(
              405,
              "this path does not take this method",
              INVALID_REQUEST,
              null,
              "method_not_allowed");
      case 415 ->
          HttpError.of(
              415,
              "the content type must be application/json",
              INVALID_REQUEST,
              null,
              "unsupported_media_type");
      default ->
          status >= 400 && status < 500
              ? HttpError.of(
                  status, "the request cannot be understood", INVALID_REQUEST, null, null)
              : internal(requestId);
    };
  }

  /** Nobody will read it; the status is for logs and metrics. */
  private static HttpError clientGone(String message) {
    return HttpError.of(CLIENT_CLOSED_REQUEST, message, INVALID_REQUEST, null, null);
  }

  private static HttpError internal(String requestId) {
    return HttpError.of(
        500,
        "the server failed; its log says why under the request id " + requestId,
        "server_error",
        null,
        null);
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
