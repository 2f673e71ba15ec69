package dev.whit.rest;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A connection on which every byte is seen. */
final class RawHttp implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 30_000;

  private final Socket socket = new Socket();
  private final InputStream in;

  RawHttp(int port) throws IOException {
    this(port, 0);
  }

  /** With a small window, if it is not 0. */
  RawHttp(int port, int receiveBuffer) throws IOException {
    if (receiveBuffer > 0) {
      socket.setReceiveBufferSize(receiveBuffer);
    }
    socket.setSoTimeout(PATIENCE_MILLIS);
    socket.connect(new InetSocketAddress("localhost", port));
    in = socket.getInputStream();
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Sends a POST with a JSON body. */
  void post(String path, String json, String... headers) throws IOException {
    postAs("HTTP/1.1", path, json, headers);
  }

  void postAs(String version, String path, String json, String... headers) throws IOException {
    byte[] body = json.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder();
    head.append("POST ").append(path).append(' ').append(version).append("\r\n");
    head.append("Host: localhost\r\nContent-Type: application/json\r\n");
    head.append("Content-Length: ").append(body.length).append("\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    send(head.append("\r\n").toString());
    send(body);
  }

  /** Reads up to and including a text; what is there at the end of the connection if it ends. */
  String readUntil(String end) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] tail = end.getBytes(StandardCharsets.UTF_8);
    for (int b = in.read(); b >= 0; b = in.read()) {
      read.write(b);
      if (b == tail[tail.length - 1] && read.toString(StandardCharsets.UTF_8).endsWith(end)) {
        break;
      }
    }
    return read.toString(StandardCharsets.UTF_8);
  }

  String readHead() throws IOException {
    return readUntil("\r\n\r\n");
  }

  /** Reads a body of the length that the head states, or in chunks. */
  String readBody(String head) throws IOException {
    if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int size = Integer.parseInt(readUntil("\r\n").strip(), 16);
        body.writeBytes(in.readNBytes(size));
        readUntil("\r\n");
        if (size == 0) {
          return body.toString(StandardCharsets.UTF_8);
        }
      }
    }
    String length = head.replaceAll("(?is).*content-length: (\\d+).*", "$1");
    return new String(in.readNBytes(Integer.parseInt(length)), StandardCharsets.UTF_8);
  }

  /** Sends no more, but goes on reading. */
  void closeOutput() throws IOException {
    socket.shutdownOutput();
  }

  String readToEnd() throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
