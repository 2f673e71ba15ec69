package dev.whit.rest;

import dev.whit.api.TextDelta;
import dev.whit.api.TextStream;
import dev.whit.rest.openai.ReplyFormat;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * A reply that is streamed.
 *
 * @param exchange the exchange that it belongs to
 * @param stream what is left of the answers
 * @param first the beginning of the answers, null if it is still to come
 * @param format its form
 * @param includeUsage whether it ends with the usage
 */
record EventStream(
    RoutingContext exchange,
    TextStream stream,
    @Nullable TextDelta first,
    ReplyFormat format,
    boolean includeUsage) {}
