package dev.whit.rest;

import dev.whit.api.Usage;
import dev.whit.experiment.Target;
import dev.whit.experiment.remote.RemoteEndpoint;
import dev.whit.experiment.remote.RemoteException;
import dev.whit.experiment.remote.RemoteRequest;
import dev.whit.experiment.remote.ReplyMeter;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** Relays every request to the remote of a test. */
@Path("/test/relay")
public final class RelayTestResource {
  static final BlockingQueue<Ended> ENDED = new LinkedBlockingQueue<>();
  static final BlockingQueue<AnswerFigures> FIGURES = new LinkedBlockingQueue<>();
  static final BlockingQueue<Boolean> BROKEN_OFF = new LinkedBlockingQueue<>();
  static volatile Target.@Nullable Remote target;

  private final Vertx vertx;
  private final RelayedAnswers answers;
  private final RequestBody body;

  /** What an observer was told at the end. */
  record Ended(ReplyMeter meter, @Nullable RemoteException failure) {}

  @Inject
  RelayTestResource(Vertx vertx, RelayedAnswers answers, RequestBody body) {
    this.vertx = vertx;
    this.answers = answers;
    this.body = body;
  }

  @POST
  @RunOnVirtualThread
  public Response relay(@Context RoutingContext exchange) throws InterruptedException {
    exchange.addEndHandler(end -> BROKEN_OFF.add(end.failed()));
    RemoteRequest request =
        new RemoteRequest("/chat/completions", body.read(exchange), Exchange.id(exchange), null);
    try (RemoteEndpoint endpoint = new RemoteEndpoint(vertx, Objects.requireNonNull(target))) {
      Response response =
          answers.reply(exchange, endpoint.call(request, Duration.ofMinutes(1)), new Observer());
      Exchange.whenAnswered(exchange, figures -> FIGURES.add(Objects.requireNonNull(figures)));
      return response;
    }
  }

  private static final class Observer implements RelayObserver {
    @Override
    public String model() {
      return "virtual";
    }

    @Override
    public void gap(long nanos) {}

    @Override
    public Usage usage(ReplyMeter meter) {
      ReplyMeter.ReplyUsage usage = meter.usage();
      return usage == null
          ? new Usage(0, 0, meter.tokenEvents())
          : new Usage(usage.promptTokens(), usage.cachedTokens(), usage.completionTokens());
    }

    @Override
    public void ended(ReplyMeter meter, @Nullable RemoteException failure) {
      ENDED.add(new Ended(meter, failure));
    }
  }
}
