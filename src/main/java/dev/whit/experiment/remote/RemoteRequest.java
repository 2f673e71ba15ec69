package dev.whit.experiment.remote;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of a remote. Nothing else of the client's request goes out: none of its other
 * headers, least of all its key.
 *
 * @param path path below the remote's URL: {@code /chat/completions}
 * @param body a JSON object with the remote's name of the model, see {@link RemoteBody}
 * @param requestId sent as {@code x-request-id}
 * @param traceparent the client's trace context, sent on if it is one; null if there is none
 */
public record RemoteRequest(
    String path, byte[] body, String requestId, @Nullable String traceparent) {
  private static final Pattern PATH = Pattern.compile("(/[a-z_]+)+");
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,128}");

  /** {@code version-traceid-parentid-flags}, W3C Trace Context section 3.2. */
  private static final Pattern TRACE =
      Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  /** Checks it. */
  public RemoteRequest {
    if (!PATH.matcher(path).matches()) {
      throw new IllegalArgumentException("not a path of the API: " + path);
    }
    if (!PRINTABLE.matcher(requestId).matches()) {
      throw new IllegalArgumentException("the request's id is not printable");
    }
    if (traceparent != null && !TRACE.matcher(traceparent).matches()) {
      traceparent = null;
    }
  }
}
