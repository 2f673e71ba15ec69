package dev.whit.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an evaluation that are done, one JSON line each after one that says what the
 * evaluation is: written as they come, so that another run goes on where this one ended, however it
 * ended.
 */
final class Journal<T extends Journal.Entry> implements AutoCloseable {
  /** A part, by its number. */
  interface Entry {
    int index();
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<Integer, T> entries = new TreeMap<>();
  private final @Nullable FileChannel channel;

  private Journal(@Nullable FileChannel channel) {
    this.channel = channel;
  }

  /** One that is kept nowhere. */
  static <T extends Entry> Journal<T> inMemory() {
    return new Journal<>(null);
  }

  /**
   * Opens a journal, or begins it.
   *
   * @param about what the evaluation is; a journal of another one is refused
   * @throws EvalException if it is of another evaluation, or no journal
   */
  static <T extends Entry> Journal<T> open(Path file, Map<String, ?> about, Class<T> type)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      Journal<T> journal = new Journal<>(channel);
      journal.read(file, JSON.valueToTree(about), type);
      return journal;
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
  }

  private void read(Path file, JsonNode about, Class<T> type) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int start = 0;
    // What follows the last line's end was being written when the run ended.
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        byte[] line = Arrays.copyOfRange(bytes, start, i);
        if (start == 0) {
          requireSame(file, about, parse(file, line, JsonNode.class));
        } else {
          T entry = parse(file, line, type);
          entries.put(entry.index(), entry);
        }
        start = i + 1;
      }
    }
    FileChannel open = channel;
    if (open != null) {
      open.truncate(start);
      open.position(start);
      if (start == 0) {
        write(about);
      }
    }
  }

  private static <V> V parse(Path file, byte[] line, Class<V> type) throws IOException {
    try {
      V value = JSON.readValue(line, type);
      if (value == null) {
        throw new EvalException(file, "not a journal of an evaluation");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw new EvalException(file, "not a journal of an evaluation: " + e.getOriginalMessage());
    }
  }

  private static void requireSame(Path file, JsonNode wanted, JsonNode found) {
    for (Iterator<String> names = wanted.fieldNames(); names.hasNext(); ) {
      String name = names.next();
      if (!wanted.get(name).equals(found.path(name))) {
        throw new EvalException(
            file,
            "is of another evaluation: %s is %s there, %s here; name another directory, or remove it"
                .formatted(name, found.path(name), wanted.get(name)));
      }
    }
  }

  private void write(Object value) throws IOException {
    if (channel != null) {
      ByteBuffer line =
          ByteBuffer.wrap((JSON.writeValueAsString(value) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        channel.write(line);
      }
    }
  }

  /** All parts so far, by their numbers. */
  Map<Integer, T> entries() {
    return entries;
  }

  /**
   * Makes the parts {@code 0 … total − 1} that are not there yet, in order.
   *
   * @param stage what a part is, for the listener
   */
  void complete(String stage, int total, IntFunction<T> part, EvalListener listener)
      throws IOException {
    long start = System.nanoTime();
    int before = entries.size();
    for (int i = 0; i < total; i++) {
      if (!entries.containsKey(i)) {
        int done = entries.size();
        double seconds = done == before ? 0 : (System.nanoTime() - start) * 1e-9 / (done - before);
        listener.onPart(stage, done, total, seconds);
        add(part.apply(i));
      }
    }
  }

  /** Adds a part, which is in the file when this returns. */
  void add(T entry) throws IOException {
    write(entry);
    entries.put(entry.index(), entry);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
