package dev.whit.rest;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import org.jboss.resteasy.reactive.server.spi.ResteasyReactiveResourceInfo;
import org.jboss.resteasy.reactive.server.spi.ServerHttpResponse;
import org.jboss.resteasy.reactive.server.spi.ServerMessageBodyWriter;
import org.jspecify.annotations.Nullable;

/** What writers of replies have in common that are written while they come into being. */
abstract class StreamedReplyWriter<T> implements ServerMessageBodyWriter<T> {
  /** What is ready is sent together up to this many bytes. */
  static final int MAX_BATCH = 16 * 1024;

  private final Class<T> written;

  StreamedReplyWriter(Class<T> written) {
    this.written = written;
  }

  /** Ends a reply of which all is written. */
  static void end(HttpServerRequest request, ServerHttpResponse response) {
    response.end();
    if (request.version() == HttpVersion.HTTP_1_0) {
      // Without chunks only the end of the connection tells the end of the reply.
      request.connection().close();
    }
  }

  /** Breaks a reply off, at once and not only after what its client does not read. */
  static void abort(HttpServerRequest request, ServerHttpResponse response) {
    if (request.version() != HttpVersion.HTTP_2
        && request.connection() instanceof ConnectionBase connection) {
      // A reset response would take the exchange's end for its own and tell nobody, and the
      // framework's handler, which is passed by here, would write what is pending first.
      ChannelHandlerContext transport = connection.channel().pipeline().firstContext();
      if (transport != null) { // not closed yet
        var _ = transport.close();
      }
    } else {
      response.reset();
    }
  }

  @Override
  public final boolean isWriteable(
      Class<?> type,
      Type genericType,
      @Nullable ResteasyReactiveResourceInfo target,
      MediaType mediaType) {
    return type == written;
  }

  @Override
  public final boolean isWriteable(
      Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
    return type == written;
  }

  @Override
  public final void writeTo(
      T reply,
      Class<?> type,
      Type genericType,
      Annotation[] annotations,
      MediaType mediaType,
      MultivaluedMap<String, Object> headers,
      OutputStream out) {
    throw new IllegalStateException("a stream of events is not written to a stream of bytes");
  }
}
