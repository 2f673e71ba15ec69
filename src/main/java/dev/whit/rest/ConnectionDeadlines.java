package dev.whit.rest;

import io.netty.channel.Channel;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.AttributeKey;
import io.netty.util.concurrent.EventExecutor;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Closes a connection on which no request begins in time: the head of the first one, TLS included,
 * within the header timeout of its opening, each later one within the keep-alive timeout of the
 * reply before it. Bytes that trickle in count for nothing, which is why the framework's idle
 * timeouts do not do: each byte of a head that never ends starts them anew.
 *
 * <p>The framework knows a connection only once a request has come. So the event loops are asked
 * for their channels, every second or oftener.
 */
@Singleton
final class ConnectionDeadlines {
  private static final AttributeKey<Requests> REQUESTS = AttributeKey.valueOf("whit.requests");
  private static final Duration LONGEST_PERIOD = Duration.ofSeconds(1);

  private final Vertx vertx;
  private final Duration header;
  private final Duration keepAlive;

  /** What a connection has asked for. Used by its event loop, and by who ends an exchange. */
  private static final class Requests {
    private long waitingSince = System.nanoTime();
    private int running;
    private boolean begun;

    synchronized void begin() {
      begun = true;
      running++;
    }

    synchronized void end() {
      running--;
      waitingSince = System.nanoTime();
    }

    synchronized boolean isLate(Duration header, Duration keepAlive) {
      Duration limit = begun ? keepAlive : header;
      return running == 0 && System.nanoTime() - waitingSince > limit.toNanos();
    }
  }

  @Inject
  ConnectionDeadlines(Vertx vertx, HttpLimits limits) {
    this.vertx = vertx;
    this.header = limits.headerTimeout();
    this.keepAlive = limits.keepAlive();
  }

  /** Begins to watch, with the first router. */
  void register(@Observes Router router) {
    Duration shortest = header.compareTo(keepAlive) < 0 ? header : keepAlive;
    long period = Math.min(LONGEST_PERIOD.toMillis(), Math.max(1, shortest.toMillis() / 4));
    vertx.setPeriodic(period, timer -> sweep());
  }

  @SuppressWarnings("deprecation") // there is no other way to connections without a request
  private void sweep() {
    for (EventExecutor executor : vertx.nettyEventLoopGroup()) {
      if (executor instanceof SingleThreadEventLoop loop && !loop.isShuttingDown()) {
        loop.execute(() -> loop.registeredChannelsIterator().forEachRemaining(this::check));
      }
    }
  }

  private void check(Channel channel) {
    // Those that have a parent were accepted: others are the server's own requests.
    if (channel.parent() != null && requests(channel).isLate(header, keepAlive)) {
      var _ = channel.close();
    }
  }

  /** A request has begun: its head is there. */
  void follow(RoutingContext exchange) {
    HttpConnection connection = exchange.request().connection();
    if (connection instanceof ConnectionBase base) {
      Requests requests = requests(base.channel());
      requests.begin();
      exchange.addEndHandler(end -> requests.end());
    }
  }

  private static Requests requests(Channel channel) {
    Requests requests = channel.attr(REQUESTS).get();
    if (requests == null) {
      requests = new Requests();
      channel.attr(REQUESTS).set(requests);
    }
    return requests;
  }
}
