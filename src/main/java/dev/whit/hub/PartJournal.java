package dev.whit.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;

/**
 * Which parts of a file have arrived, remembered on disk: one byte for each part, 1 once its bytes
 * are safe. A download that was killed goes on from there.
 */
final class PartJournal implements AutoCloseable {
  private final FileChannel channel;
  private final BitSet done = new BitSet();

  private PartJournal(FileChannel channel) {
    this.channel = channel;
  }

  /** Opens it; one for another number of parts is begun anew. */
  static PartJournal open(Path file, int parts) throws IOException {
    if (Files.exists(file) && Files.size(file) != parts) {
      Files.delete(file);
    }
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      PartJournal journal = new PartJournal(channel);
      journal.read(parts);
      return journal;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private void read(int parts) throws IOException {
    ByteBuffer flags = ByteBuffer.allocate(parts);
    int position = 0;
    while (position < parts && channel.read(flags, position) > 0) {
      position = flags.position();
    }
    for (int i = 0; i < position; i++) {
      done.set(i, flags.get(i) == 1);
    }
    if (position < parts) {
      channel.write(ByteBuffer.allocate(1), parts - 1L); // its size says how many parts there are
    }
  }

  /** Whether a part is there. */
  synchronized boolean isDone(int part) {
    return done.get(part);
  }

  /** Notes that a part's bytes are on disk. */
  synchronized void markDone(int part) throws IOException {
    channel.write(ByteBuffer.wrap(new byte[] {1}), part);
    done.set(part);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
