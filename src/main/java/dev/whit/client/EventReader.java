package dev.whit.client;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads the data of server-sent events, one line each, as OpenAI's streams have them. */
public final class EventReader {
  private static final int MAX_LINE = 4 << 20;
  private static final String DATA = "data:";

  private final InputStream in;

  /** A reader of a stream, which its owner closes. */
  public EventReader(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /**
   * The data of the next event; comments and other fields are passed over.
   *
   * @return null at the end of the stream
   * @throws ProtocolException if a line is too long for an event
   */
  public @Nullable String next() throws IOException {
    for (String line = line(); line != null; line = line()) {
      if (line.startsWith(DATA)) {
        return line.substring(DATA.length()).strip();
      }
    }
    return null;
  }

  private @Nullable String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        return line.size() == 0 ? null : line.toString(StandardCharsets.UTF_8);
      }
      if (line.size() == MAX_LINE) {
        throw new ProtocolException("an event of more than %d bytes".formatted(MAX_LINE));
      }
      line.write(b);
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
