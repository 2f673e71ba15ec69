package dev.whit.rest;

import dev.whit.api.TextDelta;
import dev.whit.api.TextStream;
import dev.whit.rest.openai.Delivery;
import dev.whit.rest.openai.ReplyFormat;
import io.vertx.ext.web.RoutingContext;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;

/** Makes replies of generated answers, whole or streamed. */
@Singleton
final class Answers {
  private final Traces traces;
  private final Duration pingInterval;

  @Inject
  Answers(Traces traces, HttpLimits limits) {
    this.traces = traces;
    this.pingInterval = limits.pingInterval();
  }

  /**
   * Waits for the whole answer, or for the beginning of a streamed one: what goes wrong before it
   * is still answered with its own status.
   */
  Response reply(
      RoutingContext exchange,
      Operation operation,
      TextStream stream,
      ReplyFormat format,
      Delivery delivery)
      throws InterruptedException {
    Exchange.answering(exchange);
    traces.follow(exchange, operation, stream.model(), stream.options());
    Exchange.whenClientGoes(exchange, stream::clientGone);
    boolean streaming = false;
    try {
      if (!delivery.stream()) {
        Object whole = format.whole(stream.collect(), stream.usage());
        return Response.ok(whole, MediaType.APPLICATION_JSON_TYPE).build();
      }
      TextDelta first = stream.next(pingInterval);
      EventStream events =
          new EventStream(exchange, stream, first, format, delivery.includeUsage());
      streaming = true;
      return Response.ok(events, MediaType.SERVER_SENT_EVENTS_TYPE)
          .header(HttpHeaders.CACHE_CONTROL, "no-cache")
          .header("X-Accel-Buffering", "no")
          .build();
    } finally {
      if (!streaming) {
        stream.close();
        Exchange.answered(exchange, AnswerFigures.of(stream));
      }
    }
  }
}
