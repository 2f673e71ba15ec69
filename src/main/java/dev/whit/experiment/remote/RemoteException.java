package dev.whit.experiment.remote;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why a remote has not answered, or not wholly. Its message may be shown to clients: neither the
 * remote's address nor its key nor anything it has sent is in it.
 */
public final class RemoteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;
  private final int status;
  private final transient @Nullable Duration retryAfter;

  /** What kind of failure it is. */
  public enum Reason {
    /** As many calls as an endpoint may have are open. */
    BUSY,
    /** It has failed so often that it is not asked for some time. */
    CIRCUIT_OPEN,
    /** The variable of its key is not set, or to no key. */
    NO_KEY,
    /** No connection, in time or at all. */
    CONNECT,
    /** It was silent for too long. */
    TIMEOUT,
    /** It closed the connection or the stream before the reply had ended. */
    RESET,
    /** It answered with a status that is no answer. */
    STATUS,
    /** Its reply says that it has failed. */
    ERROR,
    /** Its reply is not what the protocol says, or over a limit. */
    BAD_REPLY,
    /** The time of the whole request is over. */
    DEADLINE,
    /** The caller gave it up: no failure of the remote. */
    CANCELLED
  }

  private RemoteException(
      Reason reason,
      int status,
      @Nullable Duration retryAfter,
      String message,
      @Nullable Throwable cause) {
    // Expected, and told apart by their reason: no stack trace.
    super(message, cause, false, false);
    this.reason = reason;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  RemoteException(Reason reason, String message) {
    this(reason, 0, null, message, null);
  }

  /** With the cause for the log; only where nothing that the remote has sent can be in it. */
  static RemoteException notConnected(String message, @Nullable Throwable cause) {
    return new RemoteException(Reason.CONNECT, 0, null, message, cause);
  }

  static RemoteException ofStatus(int status, @Nullable Duration retryAfter) {
    return new RemoteException(
        Reason.STATUS, status, retryAfter, "the remote model answered " + status, null);
  }

  static RemoteException cancelled() {
    return new RemoteException(Reason.CANCELLED, "the call was given up");
  }

  /** What kind of failure it is. */
  public Reason reason() {
    return reason;
  }

  /** The remote's status, 0 unless it is the reason. */
  public int status() {
    return status;
  }

  /** When the remote wants to be asked again, if it said so. */
  @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** The reason as a short code for logs and observations: {@code timeout}, {@code status_503}. */
  public String code() {
    String name = reason.name().toLowerCase(Locale.ROOT);
    return reason == Reason.STATUS ? name + "_" + status : name;
  }
}
