package dev.whit.experiment.remote;

import dev.whit.experiment.Target;
import dev.whit.experiment.remote.RemoteException.Reason;
import io.netty.handler.codec.DecoderException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP exchange with a remote: an event loop fills it, one virtual thread waits for it and
 * empties it, and any thread may cancel it. When more than a bound is unread, nothing more is read
 * from the network until half of it has been taken.
 */
final class RemoteStream {
  /** Bytes that wait for the reader before the remote has to; a piece more may come. */
  static final int MAX_UNREAD = 64 * 1024;

  /** What a piece takes beside its bytes, so that many small ones are not for free. */
  private static final int PIECE_OVERHEAD = 64;

  /** How long the rest of an answer is awaited that is complete; then its connection is closed. */
  private static final Duration MAX_DRAINING = Duration.ofSeconds(2);

  /** Error code CANCEL of HTTP/2 (RFC 9113, section 7); with HTTP/1.1 the connection is closed. */
  private static final long CANCEL = 0x8;

  private final Target.Remote target;
  private final Deadline deadline;
  private final Runnable released;
  private final Vertx vertx;
  private final Context context;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Piece> unread = new ArrayDeque<>();

  // All below by the lock.
  private Phase phase = Phase.CONNECTING;
  private long silentSince = System.nanoTime();
  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;
  private @Nullable RemoteException failure;
  private int unreadCost;
  private boolean paused;
  private boolean draining;
  private boolean over;

  private enum Phase {
    CONNECTING,
    /** The request is sent, no byte of the reply's body is there. */
    WAITING,
    /** The first byte of the body is there. */
    ANSWERING,
    ENDED
  }

  /**
   * Some bytes of the body.
   *
   * @param bytes as they came
   * @param arrived {@link System#nanoTime()} when they did
   */
  record Piece(byte[] bytes, long arrived) {}

  /**
   * One that has not begun.
   *
   * @param released is run once, when it takes no connection any more
   */
  RemoteStream(Vertx vertx, Target.Remote target, Deadline deadline, Runnable released) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.target = target;
    this.deadline = deadline;
    this.released = released;
  }

  /** Connects and sends a request. */
  void begin(HttpClient client, RequestOptions options, byte[] body) {
    // On one event loop from the beginning, so that nothing comes before its handler is there.
    context.runOnContext(start ->
        client
            .request(options)
            .onFailure(this::failed)
            .onSuccess(connected -> send(connected, Buffer.buffer(body))));
  }

  private void send(HttpClientRequest connected, Buffer body) {
    lock.lock();
    try {
      request = connected;
      if (over) {
        connected.reset(CANCEL);
        return;
      }
      phase = Phase.WAITING;
      silentSince = System.nanoTime();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    connected.exceptionHandler(this::failed);
    connected.response().onSuccess(this::receive).onFailure(this::failed);
    connected.end(body).onFailure(this::failed);
  }

  private void receive(HttpClientResponse head) {
    head.handler(this::received).endHandler(end -> ended()).exceptionHandler(this::failed);
    lock.lock();
    try {
      response = head;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void received(Buffer bytes) {
    lock.lock();
    try {
      if (over || draining || bytes.length() == 0) {
        return;
      }
      phase = Phase.ANSWERING;
      silentSince = System.nanoTime();
      unread.add(new Piece(bytes.getBytes(), silentSince));
      unreadCost += bytes.length() + PIECE_OVERHEAD;
      if (unreadCost >= MAX_UNREAD && response != null) {
        response.pause();
        paused = true;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void ended() {
    lock.lock();
    try {
      if (!over) {
        phase = Phase.ENDED;
        finish();
      }
    } finally {
      lock.unlock();
    }
  }

  private void failed(Throwable cause) {
    lock.lock();
    try {
      if (!over) {
        failure = failure(cause);
        finish();
      }
    } finally {
      lock.unlock();
    }
  }

  private RemoteException failure(Throwable cause) {
    if (phase == Phase.CONNECTING) {
      return RemoteException.notConnected("no connection to the remote model", cause);
    }
    return cause instanceof DecoderException || cause instanceof IllegalArgumentException
        ? new RemoteException(Reason.BAD_REPLY, "the remote model sent what is no HTTP")
        : new RemoteException(Reason.RESET, "the remote model closed the connection");
  }

  /** Nothing more comes. */
  private void finish() {
    over = true;
    changed.signalAll();
    released.run();
  }

  /** Gives it up for a reason, and tells the remote at once. */
  private void abort(RemoteException reason) {
    if (over) {
      return;
    }
    failure = reason;
    finish();
    HttpClientRequest sent = request;
    if (sent != null) {
      context.runOnContext(run -> sent.reset(CANCEL));
    }
  }

  /** Gives it up, unread bytes included, and tells the remote at once; from any thread. */
  void cancel() {
    lock.lock();
    try {
      if (!unread.isEmpty()) {
        unread.clear();
        failure = RemoteException.cancelled(); // even if the last byte has come
      }
      abort(RemoteException.cancelled());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for status and headers.
   *
   * @throws RemoteException if they do not come
   */
  HttpClientResponse awaitHead() throws InterruptedException {
    lock.lock();
    try {
      await(() -> response != null, Long.MAX_VALUE);
      if (response == null) {
        throw new IllegalStateException("a wait without a limit ended");
      }
      return response;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next bytes, from the one thread that reads them.
   *
   * @return null if none came in time, or after the end
   * @throws RemoteException if the reply breaks off, after all that came before
   */
  @Nullable Piece next(Duration patience) throws InterruptedException {
    lock.lock();
    try {
      await(() -> !unread.isEmpty() || isAtEnd(), patience.toNanos());
      Piece piece = unread.poll();
      if (piece != null) {
        unreadCost -= piece.bytes().length + PIECE_OVERHEAD;
        resume(MAX_UNREAD / 2);
      }
      return piece;
    } finally {
      lock.unlock();
    }
  }

  private void resume(int unreadLimit) {
    HttpClientResponse head = response;
    if (paused && unreadCost <= unreadLimit && head != null) {
      paused = false;
      silentSince = System.nanoTime(); // the silence was of our making
      context.runOnContext(run -> head.resume());
    }
  }

  /** Whether it has ended well and all is read. */
  boolean isRead() {
    lock.lock();
    try {
      return isAtEnd();
    } finally {
      lock.unlock();
    }
  }

  private boolean isAtEnd() {
    return phase == Phase.ENDED && unread.isEmpty() && failure == null;
  }

  /** Throws away what still comes, for a moment, so that the connection can be used again. */
  void drain() {
    lock.lock();
    try {
      unread.clear();
      unreadCost = 0;
      draining = true;
      resume(0);
      if (!over) {
        vertx.setTimer(MAX_DRAINING.toMillis(), timer -> cancel());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits with the lock until it is so, or for a time; on failure and silence it throws. */
  private void await(BooleanSupplier ready, long patience) throws InterruptedException {
    long begun = System.nanoTime();
    while (!ready.getAsBoolean()) {
      if (failure != null) {
        throw failure;
      }
      long now = System.nanoTime();
      long patienceLeft = patience - (now - begun);
      long silenceLeft = longestSilence().toNanos() - (now - silentSince);
      long deadlineLeft = deadline.left();
      if (deadlineLeft <= 0) {
        abort(deadline.exceeded());
      } else if (silenceLeft <= 0) {
        abort(silence());
      } else if (patienceLeft <= 0) {
        return;
      } else {
        long left = Math.min(patienceLeft, Math.min(silenceLeft, deadlineLeft));
        var _ = changed.awaitNanos(left);
      }
    }
  }

  private Duration longestSilence() {
    return switch (phase) {
      case CONNECTING -> target.connectTimeout();
      case WAITING -> target.firstByteTimeout();
      case ANSWERING, ENDED -> target.idleTimeout();
    };
  }

  private RemoteException silence() {
    String limit = longestSilence().toMillis() + " ms";
    return switch (phase) {
      case CONNECTING ->
          RemoteException.notConnected("no connection to the remote model within " + limit, null);
      case WAITING ->
          new RemoteException(
              Reason.TIMEOUT, "the remote model did not begin to answer within " + limit);
      case ANSWERING, ENDED ->
          new RemoteException(
              Reason.TIMEOUT, "the remote model was silent for " + limit + " within its answer");
    };
  }
}
