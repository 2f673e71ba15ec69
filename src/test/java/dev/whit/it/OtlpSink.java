package dev.whit.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/** Where traces go: takes OTLP over HTTP, in protobuf, and keeps the spans. */
final class OtlpSink implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final HttpServer server;
  private final List<Span> spans = new CopyOnWriteArrayList<>();
  private final List<String> bodies = new CopyOnWriteArrayList<>();

  /** A span: strings as they are, numbers as numbers, lists of strings as lists. */
  record Span(String trace, String parent, String name, Map<String, Object> attributes) {}

  OtlpSink() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/v1/traces",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          bodies.add(new String(body, StandardCharsets.ISO_8859_1));
          for (Field resource : Field.all(body, 1)) {
            for (Field scope : Field.all(resource.bytes(), 2)) {
              Field.all(scope.bytes(), 2).forEach(span -> spans.add(span(span.bytes())));
            }
          }
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The first span that is as wanted, which must come in a minute. */
  Span await(Predicate<Span> wanted) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Optional<Span> found = spans.stream().filter(wanted).findFirst();
      if (found.isPresent()) {
        return found.get();
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no such span among " + spans);
      }
      ServerProcess.sleep(Duration.ofMillis(50));
    }
  }

  List<Span> spans() {
    return spans;
  }

  /** All that has come, byte for character. */
  String everything() {
    return String.join("", bodies);
  }

  @Override
  public void close() {
    server.stop(0);
  }

  // Numbers of fields: opentelemetry/proto/trace/v1/trace.proto and common/v1/common.proto.
  private static Span span(byte[] bytes) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    for (Field attribute : Field.all(bytes, 9)) {
      attributes.put(
          Field.first(attribute.bytes(), 1).text(),
          value(Field.first(attribute.bytes(), 2).bytes()));
    }
    HexFormat hex = HexFormat.of();
    List<Field> parent = Field.all(bytes, 4);
    return new Span(
        hex.formatHex(Field.first(bytes, 1).bytes()),
        parent.isEmpty() ? "" : hex.formatHex(parent.getFirst().bytes()),
        Field.first(bytes, 5).text(),
        attributes);
  }

  private static Object value(byte[] any) {
    Field field = Field.read(ByteBuffer.wrap(any).order(ByteOrder.LITTLE_ENDIAN));
    return switch (field.number()) {
      case 1 -> field.text();
      case 2, 3 -> field.varint();
      case 4 -> Double.longBitsToDouble(field.varint());
      case 5 -> Field.all(field.bytes(), 1).stream().map(item -> value(item.bytes())).toList();
      default -> throw new AssertionError("a value of kind " + field.number());
    };
  }

  /** A field of a protobuf message: its bytes, or its number in {@code varint}. */
  private record Field(int number, long varint, byte[] bytes) {
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }

    static Field first(byte[] message, int number) {
      return all(message, number).getFirst();
    }

    static List<Field> all(byte[] message, int number) {
      ByteBuffer buffer = ByteBuffer.wrap(message).order(ByteOrder.LITTLE_ENDIAN);
      List<Field> fields = new ArrayList<>();
      while (buffer.hasRemaining()) {
        Field field = read(buffer);
        if (field.number() == number) {
          fields.add(field);
        }
      }
      return fields;
    }

    static Field read(ByteBuffer buffer) {
      long tag = readVarint(buffer);
      int number = (int) (tag >>> 3);
      return switch ((int) tag & 7) {
        case 0 -> new Field(number, readVarint(buffer), new byte[0]);
        case 1 -> new Field(number, buffer.getLong(), new byte[0]);
        case 2 -> {
          byte[] bytes = new byte[(int) readVarint(buffer)];
          buffer.get(bytes);
          yield new Field(number, 0, bytes);
        }
        case 5 -> new Field(number, buffer.getInt(), new byte[0]);
        default -> throw new AssertionError("wire type of " + tag);
      };
    }

    private static long readVarint(ByteBuffer buffer) {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        byte b = buffer.get();
        value |= (long) (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
      }
    }
  }
}
