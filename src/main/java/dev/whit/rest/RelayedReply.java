package dev.whit.rest;

import dev.whit.api.Finish;
import dev.whit.api.Usage;
import dev.whit.experiment.remote.RemoteException;
import dev.whit.experiment.remote.RemoteReply;
import dev.whit.experiment.remote.ReplyMeter;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * A remote's answer on its way to the client.
 *
 * @param exchange the exchange that it belongs to
 * @param reply what is left of it
 * @param first its beginning, null if it is still to come
 * @param observer who wants to know of it
 */
record RelayedReply(
    RoutingContext exchange, RemoteReply reply, byte @Nullable [] first, RelayObserver observer) {

  /** It goes no further, for the reason given if the remote is to blame. */
  void ended(@Nullable RemoteException failure) {
    reply.close();
    ReplyMeter meter = reply.meter();
    Usage usage = new Usage(0, 0, 0);
    try {
      usage = observer.usage(meter);
      observer.ended(meter, failure);
    } finally {
      Exchange.answered(exchange, figures(meter, usage));
    }
  }

  private AnswerFigures figures(ReplyMeter meter, Usage usage) {
    return new AnswerFigures(
        observer.model(),
        usage,
        meter.firstToken(),
        meter.finishReasons().stream().map(RelayedReply::finish).toList(),
        meter.isComplete());
  }

  private static Finish finish(String reason) {
    return switch (reason) {
      case "length" -> Finish.LENGTH;
      case "tool_calls", "function_call" -> Finish.TOOL_CALLS;
      default -> Finish.STOP;
    };
  }
}
