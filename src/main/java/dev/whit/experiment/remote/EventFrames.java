package dev.whit.experiment.remote;

import dev.whit.experiment.remote.RemoteException.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Cuts a stream of server-sent events into whole ones, wherever its bytes were split, and changes
 * none of them (HTML Living Standard, section 9.2.6: a blank line ends an event; lines that end
 * with a mere CR, which nobody sends, are not known). So what is passed on can be interrupted by a
 * comment or an event of our own.
 */
final class EventFrames {
  private static final String DATA = "data:";

  private final int maxEvent;
  private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
  private boolean lineIsBlank = true;

  /** For events of a size in bytes at most. */
  EventFrames(int maxEvent) {
    this.maxEvent = maxEvent;
  }

  /**
   * Takes the next bytes.
   *
   * @return the events that end with them, all their bytes from the beginning to the blank line
   * @throws RemoteException if an event is too large
   */
  List<byte[]> take(byte[] bytes) {
    List<byte[]> whole = new ArrayList<>();
    int begin = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (endsEvent(bytes[i])) {
        add(bytes, begin, i + 1);
        whole.add(partial.toByteArray());
        partial.reset();
        begin = i + 1;
      }
    }
    add(bytes, begin, bytes.length);
    return whole;
  }

  private void add(byte[] bytes, int begin, int end) {
    if (partial.size() + end - begin > maxEvent) {
      throw new RemoteException(
          Reason.BAD_REPLY,
          "the remote model sent an event of more than %d bytes".formatted(maxEvent));
    }
    partial.write(bytes, begin, end - begin);
  }

  private boolean endsEvent(byte b) {
    boolean endsLine = b == '\n';
    boolean ends = endsLine && lineIsBlank;
    lineIsBlank = endsLine || (lineIsBlank && b == '\r');
    return ends;
  }

  /** The data of an event, empty if it is a comment only. */
  static String data(byte[] event) {
    return new String(event, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> line.startsWith(DATA))
        .map(line -> line.substring(DATA.length()).strip())
        .collect(Collectors.joining("\n"));
  }
}
