package dev.whit.api;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Why a request gets no (whole) answer. Messages are for the client. */
public abstract sealed class ApiException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private ApiException(String message) {
    // Expected, many, and told apart by their class: no stack trace.
    super(message, null, false, false);
  }

  /** The client's mistake. */
  public static final class InvalidRequest extends ApiException {
    private static final long serialVersionUID = 1L;
    private final @Nullable String field;

    /**
     * A mistake in a field.
     *
     * @param field path of the field, null if the request as a whole is meant
     * @param message what is wrong, with the limit and the value
     */
    public InvalidRequest(@Nullable String field, String message) {
      super(message);
      this.field = field;
    }

    /** Path of the field, null if the request as a whole is meant. */
    public @Nullable String field() {
      return field;
    }
  }

  /** No served model has that name. */
  public static final class ModelNotFound extends ApiException {
    private static final long serialVersionUID = 1L;

    /** With what is served instead. */
    public ModelNotFound(String message) {
      super(message);
    }
  }

  /** Too much to do: later perhaps. */
  public static final class Overloaded extends ApiException {
    private static final long serialVersionUID = 1L;
    private final transient Duration retryAfter;

    /** With when to try again. */
    public Overloaded(String message, Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    /** When to try again. */
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** Loading, shutting down, or broken. */
  public static final class Unavailable extends ApiException {
    private static final long serialVersionUID = 1L;
    private final transient Duration retryAfter;

    /** With when to try again. */
    public Unavailable(String message, Duration retryAfter) {
      super(message);
      this.retryAfter = retryAfter;
    }

    /** When to try again. */
    public Duration retryAfter() {
      return retryAfter;
    }
  }

  /** The answer took longer than a request may take. */
  public static final class DeadlineExceeded extends ApiException {
    private static final long serialVersionUID = 1L;

    /** With what was late. */
    public DeadlineExceeded(String message) {
      super(message);
    }
  }

  /** It asks for something that is guarded, with a wrong key or without one. */
  public static final class Unauthorized extends ApiException {
    private static final long serialVersionUID = 1L;

    /** With what is missing. */
    public Unauthorized(String message) {
      super(message);
    }
  }

  /** It cannot be done in the state that the server is in. */
  public static final class Conflict extends ApiException {
    private static final long serialVersionUID = 1L;

    /** With what is in the way. */
    public Conflict(String message) {
      super(message);
    }
  }

  /** The backend failed. */
  public static final class GenerationFailed extends ApiException {
    private static final long serialVersionUID = 1L;
    private final String reason;

    /** With the reason, which is for the log and not for the client. */
    public GenerationFailed(String reason) {
      super("the generation failed");
      this.reason = reason;
    }

    /** The reason, for the log. */
    public String reason() {
      return reason;
    }
  }

  /** Nobody is there to read the answer, or not fast enough. */
  public static final class ClientGone extends ApiException {
    private static final long serialVersionUID = 1L;

    /** What happened to the client. */
    public ClientGone(String message) {
      super(message);
    }
  }
}
