package dev.whit.experiment.remote;

import dev.whit.experiment.remote.CircuitBreaker.Permit;
import dev.whit.experiment.remote.RemoteException.Reason;
import io.vertx.core.http.HttpClientResponse;
import java.io.ByteArrayOutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a remote answers, from its head on: a stream of events, given on by whole events as they
 * come, or a reply in one piece. Its bytes are the remote's. Read by one thread, closed by it;
 * cancelled by any.
 */
public final class RemoteReply implements AutoCloseable {
  /** Bytes of an event: one with the scores of a long prompt takes megabytes. */
  static final int MAX_EVENT = 4 << 20;

  /** Bytes of a reply in one piece. */
  static final int MAX_WHOLE = 32 << 20;

  private static final int OK = 200;

  /** The remote refuses the request for what it asks, and says why. */
  private static final Set<Integer> REFUSALS = Set.of(400, 413, 422);

  private static final String EVENT_STREAM = "text/event-stream";
  private static final String JSON = "application/json";

  private final RemoteStream stream;
  private final Permit permit;
  private final ReplyMeter meter;
  private final int status;
  private final String contentType;
  private final boolean streamed;
  private final EventFrames frames = new EventFrames(MAX_EVENT);
  private final ByteArrayOutputStream whole = new ByteArrayOutputStream();
  private @Nullable RemoteException failure;
  private boolean begun;
  private boolean finished;

  private RemoteReply(
      RemoteStream stream,
      Permit permit,
      LongConsumer gaps,
      int status,
      String contentType,
      boolean streamed) {
    this.stream = stream;
    this.permit = permit;
    this.meter = new ReplyMeter(gaps);
    this.status = status;
    this.contentType = contentType;
    this.streamed = streamed;
  }

  /**
   * The reply with that head.
   *
   * @throws RemoteException if it is no answer
   */
  static RemoteReply of(
      HttpClientResponse head, RemoteStream stream, Permit permit, LongConsumer gaps) {
    int status = head.statusCode();
    String given = head.getHeader("content-type");
    String type = given == null ? "" : given.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (status != OK && !(REFUSALS.contains(status) && type.equals(JSON))) {
      throw RemoteException.ofStatus(status, RetryPolicy.retryAfter(head.getHeader("retry-after")));
    }
    String encoding = head.getHeader("content-encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new RemoteException(
          Reason.BAD_REPLY, "the reply of the remote model is compressed, which was not asked for");
    }
    return switch (type) {
      case EVENT_STREAM -> new RemoteReply(stream, permit, gaps, status, EVENT_STREAM, true);
      case JSON -> new RemoteReply(stream, permit, gaps, status, JSON, false);
      default ->
          throw new RemoteException(
              Reason.BAD_REPLY, "the reply of the remote model is neither JSON nor a stream");
    };
  }

  /** Its status: 200, or one that says that the request itself is refused. */
  public int status() {
    return status;
  }

  /** Whether the remote refuses the request for what it asks: not a failure of its own. */
  public boolean isRefusal() {
    return status != OK;
  }

  /** Its content type, without parameters. */
  public String contentType() {
    return contentType;
  }

  /** Whether it is a stream of events. */
  public boolean isStream() {
    return streamed;
  }

  /** What is measured of it, as far as it has been read. */
  public ReplyMeter meter() {
    return meter;
  }

  /** Whether all of it has been read. */
  public boolean isFinished() {
    return finished;
  }

  /**
   * Waits for the next whole events, or for all of a reply in one piece.
   *
   * @return null if they did not come in time, or if there are no more
   * @throws RemoteException if it breaks off, is none of OpenAI's, or is cancelled
   */
  public byte @Nullable [] next(Duration patience) throws InterruptedException {
    Deadline until = new Deadline(patience);
    try {
      while (!finished) {
        if (failure != null) {
          throw failure;
        }
        RemoteStream.Piece piece = stream.next(Duration.ofNanos(Math.max(0, until.left())));
        byte[] ready;
        if (piece != null) {
          begun = true;
          permit.answering();
          ready = streamed ? events(piece) : collect(piece);
        } else if (stream.isRead()) {
          ready = end();
        } else {
          return null;
        }
        if (ready.length > 0) {
          return ready;
        }
      }
      return null;
    } catch (RemoteException e) {
      fail(e);
      throw e;
    }
  }

  /** Whole events up to the end or to one that is a failure, which is kept for the next call. */
  private byte[] events(RemoteStream.Piece piece) {
    ByteArrayOutputStream ready = new ByteArrayOutputStream();
    try {
      for (byte[] event : frames.take(piece.bytes())) {
        meter.event(EventFrames.data(event), piece.arrived());
        ready.writeBytes(event);
        if (meter.isComplete()) {
          finish();
          break;
        }
      }
    } catch (RemoteException e) {
      failure = e;
    }
    return ready.toByteArray();
  }

  private byte[] collect(RemoteStream.Piece piece) {
    if (whole.size() + piece.bytes().length > MAX_WHOLE) {
      throw new RemoteException(
          Reason.BAD_REPLY,
          "the remote model sent a reply of more than %d bytes".formatted(MAX_WHOLE));
    }
    whole.writeBytes(piece.bytes());
    return new byte[0];
  }

  private byte[] end() {
    if (streamed) {
      throw new RemoteException(
          Reason.BAD_REPLY, "the stream of the remote model ended before its [DONE]");
    }
    byte[] all = whole.toByteArray();
    if (isRefusal()) {
      meter.refusal(all);
    } else {
      meter.whole(all);
    }
    finish();
    return all;
  }

  private void finish() {
    finished = true;
    permit.succeeded();
    stream.drain();
  }

  private void fail(RemoteException cause) {
    finished = true;
    if (cause.reason() == Reason.CANCELLED) {
      giveUp();
    } else {
      permit.failed();
    }
    stream.cancel();
  }

  /** What has begun to answer has not failed. */
  private void giveUp() {
    if (begun) {
      permit.succeeded();
    } else {
      permit.abandoned();
    }
  }

  /**
   * Tells the remote at once that nobody reads on; whoever reads gets a {@link RemoteException}.
   */
  public void cancel() {
    stream.cancel();
  }

  /** Cancels it unless all has been read. */
  @Override
  public void close() {
    if (!finished) {
      finished = true;
      giveUp();
      stream.cancel();
    }
  }
}
