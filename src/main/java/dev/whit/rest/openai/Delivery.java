package dev.whit.rest.openai;

import dev.whit.api.ApiException;

/**
 * How the answer is to be sent.
 *
 * @param stream piece by piece, as server-sent events
 * @param includeUsage whether a stream ends with the usage
 */
public record Delivery(boolean stream, boolean includeUsage) {

  static Delivery read(JsonFields request) {
    boolean stream = request.flag("stream", false);
    JsonFields options = request.object("stream_options");
    if (options != null && !stream) {
      throw new ApiException.InvalidRequest(
          "stream_options", "stream_options needs stream to be true");
    }
    return new Delivery(stream, options != null && options.flag("include_usage", false));
  }
}
