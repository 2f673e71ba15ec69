package dev.whit.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/** Fetches models from the Hugging Face Hub into the cache. */
public final class Hub {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final int CONNECTIONS = 8;
  private static final int MAX_LISTING = 16 << 20;
  private static final long MAX_FILE = 1L << 42;
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final Pattern ROOT_FILE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9 ._+-]{0,199}");
  private static final double MIB = 1 << 20;

  private final HubSettings settings;
  private final HubClient client;
  private final HubCache cache;
  private final Duration pause;

  /** The Hub of the settings. */
  public Hub(HubSettings settings) {
    this(settings, TIMEOUT, PAUSE);
  }

  Hub(HubSettings settings, Duration timeout, Duration pause) {
    this.settings = settings;
    this.pause = pause;
    client = new HubClient(settings, timeout);
    cache = new HubCache(settings.cache());
  }

  /** A revision's files. */
  private record Listing(String commit, List<HubFile> files) {}

  /**
   * Makes a model's files be in the cache: fetches those that are not.
   *
   * @return the snapshot's directory, or the file that the repository's name asks for
   * @throws HubException when it cannot be had, and is not in the cache either
   */
  public Path pull(HubRepo repo, PullListener listener) throws InterruptedException {
    if (settings.offline()) {
      return target(repo, cached(repo, "HF_HUB_OFFLINE is set"));
    }
    Listing listing;
    try {
      listing = list(repo, listener);
    } catch (HubException e) {
      if (!(e.getCause() instanceof IOException)) {
        throw e;
      }
      Path snapshot = cached(repo, String.valueOf(e.getMessage()));
      listener.onRetry(e.getMessage() + "; using what was fetched before, " + snapshot);
      return target(repo, snapshot);
    }
    List<HubFile> files = FileSelection.of(repo, listing.files());
    listener.onStart(files.size(), files.stream().mapToLong(HubFile::size).sum());
    try (ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS)) {
      requireSpace(repo, files);
      for (HubFile file : files) {
        fetch(repo, listing.commit(), file, threads, listener);
        cache.link(repo, listing.commit(), file);
      }
      cache.writeRef(repo, listing.commit());
    } catch (IOException e) {
      throw new HubException(repo + ": cannot be kept in " + settings.cache() + ": " + e, e);
    }
    return target(repo, cache.snapshot(repo, listing.commit()));
  }

  private static Path target(HubRepo repo, Path snapshot) {
    return repo.file().map(snapshot::resolve).orElse(snapshot);
  }

  private Path cached(HubRepo repo, String why) {
    return cache
        .cached(repo)
        .orElseThrow(() -> new HubException("%s is not in the cache, and %s".formatted(repo, why)));
  }

  private void fetch(
      HubRepo repo, String commit, HubFile file, ExecutorService threads, PullListener listener)
      throws IOException, InterruptedException {
    Path blob = cache.blob(repo, file.checksum());
    Path lock = cache.lock(repo, file.checksum());
    Files.createDirectories(lock.getParent());
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = channel.lock()) {
      if (Files.isRegularFile(blob) && Files.size(blob) == file.size()) {
        listener.onBytes(file.size(), false);
      } else {
        new FileDownload(client, repo, commit, file, blob, listener, pause).run(threads);
      }
    }
  }

  private void requireSpace(HubRepo repo, List<HubFile> files) throws IOException {
    Files.createDirectories(settings.cache());
    long missing =
        files.stream()
            .filter(file -> !Files.isRegularFile(cache.blob(repo, file.checksum())))
            .mapToLong(HubFile::size)
            .sum();
    long free = Files.getFileStore(settings.cache()).getUsableSpace();
    if (missing > free) {
      throw new HubException(
          "%s: needs %.0f MiB in %s, which has %.0f MiB free"
              .formatted(repo, missing / MIB, settings.cache(), free / MIB));
    }
  }

  private Listing list(HubRepo repo, PullListener listener) throws InterruptedException {
    String path =
        "/api/models/%s/revision/%s?blobs=true"
            .formatted(repo.id(), repo.revision().replace("/", "%2F"));
    Retry retry = new Retry(repo.toString(), pause, listener);
    while (true) {
      try (HubClient.Reply reply = client.get(path, 0, -1)) {
        byte[] json = reply.body().readNBytes(MAX_LISTING + 1);
        if (json.length > MAX_LISTING) {
          throw new HubException(repo + ": its list of files is over " + MAX_LISTING + " bytes");
        }
        return listing(repo, new ObjectMapper().readTree(json));
      } catch (JsonProcessingException e) {
        throw new HubException(repo + ": the Hub's answer is no JSON");
      } catch (IOException e) {
        retry.failed(e);
      }
    }
  }

  private static Listing listing(HubRepo repo, JsonNode answer) {
    String commit = answer.path("sha").asText();
    if (!COMMIT.matcher(commit).matches()) {
      throw new HubException(repo + ": the Hub's answer names no commit");
    }
    List<HubFile> files = new ArrayList<>();
    for (JsonNode entry : answer.path("siblings")) {
      file(repo, entry).ifPresent(files::add);
    }
    return new Listing(commit, files);
  }

  /** A file, if it is one that a model may need: those are in no directory. */
  private static Optional<HubFile> file(HubRepo repo, JsonNode entry) {
    String name = entry.path("rfilename").asText();
    if (!ROOT_FILE.matcher(name).matches()) {
      return Optional.empty();
    }
    JsonNode lfs = entry.path("lfs");
    long size = entry.path("size").asLong(-1);
    if (size < 0 || size > MAX_FILE) {
      throw new HubException("%s: the size of %s is %d".formatted(repo, name, size));
    }
    Checksum checksum =
        lfs.isObject()
            ? new Checksum(Checksum.Kind.LFS, lfs.path("sha256").asText())
            : new Checksum(Checksum.Kind.GIT, entry.path("blobId").asText());
    return Optional.of(new HubFile(name, size, checksum));
  }
}
