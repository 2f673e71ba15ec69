package dev.whit.hub;

import java.io.EOFException;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * Fetches one file into the cache: in parts, several at once, each tried again from where it broke
 * off; compared with its checksum; only then under its name.
 */
final class FileDownload {
  /** Bytes of a part: large enough that a request's overhead does not show. */
  static final int PART = 16 << 20;

  private static final int BUFFER = 1 << 16;

  private final HubClient client;
  private final String url;
  private final HubFile file;
  private final Path blob;
  private final Path partial;
  private final Path journalFile;
  private final PullListener listener;
  private final Duration pause;

  /**
   * @param commit the commit whose file is fetched
   * @param pause wait after a first failure
   */
  FileDownload(
      HubClient client,
      HubRepo repo,
      String commit,
      HubFile file,
      Path blob,
      PullListener listener,
      Duration pause) {
    this.client = client;
    this.file = file;
    this.blob = blob;
    this.listener = listener;
    this.pause = pause;
    url =
        "/"
            + repo.id()
            + "/resolve/"
            + commit
            + "/"
            + URLEncoder.encode(file.name(), StandardCharsets.UTF_8).replace("+", "%20");
    partial = blob.resolveSibling(blob.getFileName() + ".whit");
    journalFile = blob.resolveSibling(blob.getFileName() + ".whit-parts");
  }

  /**
   * Fetches what is missing; the caller holds the blob's lock.
   *
   * @throws HubException when the file cannot be had
   */
  void run(ExecutorService threads) throws IOException, InterruptedException {
    Files.createDirectories(blob.getParent());
    int parts = (int) Math.max(1, Math.ceilDiv(file.size(), PART));
    try (FileChannel target =
            FileChannel.open(partial, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        PartJournal journal = PartJournal.open(journalFile, parts)) {
      List<Callable<Void>> missing = new ArrayList<>();
      for (int part = 0; part < parts; part++) {
        if (journal.isDone(part) && target.size() >= end(part)) {
          listener.onBytes(end(part) - start(part), false);
        } else {
          missing.add(new Part(part, target, journal));
        }
      }
      runAll(threads, missing);
    }
    listener.onVerify(file.name());
    if (Files.size(partial) != file.size() || !file.checksum().matches(partial)) {
      Files.delete(partial);
      Files.delete(journalFile);
      throw new HubException(
          file.name() + ": what arrived does not have the checksum " + file.checksum().hex());
    }
    Files.move(partial, blob, StandardCopyOption.ATOMIC_MOVE);
    Files.deleteIfExists(journalFile);
  }

  private static void runAll(ExecutorService threads, List<Callable<Void>> tasks)
      throws InterruptedException {
    List<Future<Void>> running = tasks.stream().map(threads::submit).toList();
    try {
      for (Future<Void> task : running) {
        task.get();
      }
    } catch (ExecutionException e) {
      throw e.getCause() instanceof HubException known
          ? known
          : new HubException(String.valueOf(e.getCause()), e);
    } finally {
      running.forEach(task -> task.cancel(true));
    }
  }

  private long start(int part) {
    return (long) part * PART;
  }

  private long end(int part) {
    return Math.min(file.size(), start(part) + PART);
  }

  /** A piece of the file, and how far it has come. */
  private final class Part implements Callable<Void> {
    private final int number;
    private final FileChannel target;
    private final PartJournal journal;
    private long position;

    Part(int number, FileChannel target, PartJournal journal) {
      this.number = number;
      this.target = target;
      this.journal = journal;
      position = start(number);
    }

    @Override
    public Void call() throws IOException, InterruptedException {
      Retry retry = new Retry(file.name(), pause, listener);
      while (position < end(number)) {
        long before = position;
        try {
          receive();
        } catch (IOException e) {
          if (position > before) {
            retry.reset(); // what breaks off every few megabytes still arrives
          }
          retry.failed(e);
        }
      }
      target.force(false);
      journal.markDone(number);
      return null;
    }

    private void receive() throws IOException {
      byte[] buffer = new byte[BUFFER];
      try (HubClient.Reply reply = client.get(url, position, end(number))) {
        if (reply.start() > position) {
          throw new IOException(
              "byte %d was asked for, sent from %d on".formatted(position, reply.start()));
        }
        // A server that knows no ranges sends everything.
        reply.body().skipNBytes(position - reply.start());
        while (position < end(number)) {
          int wanted = (int) Math.min(buffer.length, end(number) - position);
          int read = reply.body().read(buffer, 0, wanted);
          if (read < 0) {
            throw new EOFException("the connection was cut");
          }
          target.write(ByteBuffer.wrap(buffer, 0, read), position);
          position += read;
          listener.onBytes(read, true);
        }
      }
    }
  }
}
