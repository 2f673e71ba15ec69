package dev.whit.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cache directory in the layout of {@code huggingface_hub}: {@code
 * models--ORG--NAME/{blobs/CHECKSUM, refs/REVISION, snapshots/COMMIT/FILE}}, where a snapshot's
 * files are links to blobs and a ref holds a commit. What either program has fetched, the other one
 * uses.
 */
public final class HubCache {
  private static final String PREFIX = "models--";

  private final Path root;

  /** The cache in a directory, which need not exist yet. */
  public HubCache(Path root) {
    this.root = root;
  }

  /**
   * A repository in the cache.
   *
   * @param id {@code ORG/NAME}
   * @param snapshot directory of its newest snapshot, if it has one
   * @param bytes what it takes, in all revisions
   */
  public record Entry(String id, Optional<Path> snapshot, long bytes) {}

  /** All repositories, by name. */
  public List<Entry> list() {
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> directories = Files.list(root)) {
      return directories
          .filter(Files::isDirectory)
          .filter(path -> path.getFileName().toString().startsWith(PREFIX))
          .sorted()
          .map(HubCache::entry)
          .toList();
    } catch (IOException e) {
      throw new HubException(root + ": cannot be read: " + e.getMessage(), e);
    }
  }

  private static Entry entry(Path directory) {
    String name = directory.getFileName().toString().substring(PREFIX.length());
    return new Entry(name.replaceFirst("--", "/"), newest(directory), size(directory));
  }

  private static Optional<Path> newest(Path directory) {
    Path snapshots = directory.resolve("snapshots");
    if (!Files.isDirectory(snapshots)) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(snapshots)) {
      return all.filter(Files::isDirectory).max((a, b) -> modified(a).compareTo(modified(b)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Long modified(Path path) {
    try {
      return Files.getLastModifiedTime(path).toMillis();
    } catch (IOException e) {
      return 0L;
    }
  }

  private static long size(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .mapToLong(path -> path.toFile().length())
          .sum();
    } catch (IOException | UncheckedIOException e) {
      throw new HubException(directory + ": cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * Removes a repository in all its revisions; links are removed, not what they point to.
   *
   * @return the bytes that were freed; nothing when it is not there
   */
  public Optional<Long> remove(HubRepo repo) {
    Path directory = directory(repo);
    if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    long bytes = size(directory);
    try {
      deleteTree(directory);
      Path locks = root.resolve(".locks").resolve(repo.directory());
      if (Files.isDirectory(locks, LinkOption.NOFOLLOW_LINKS)) {
        deleteTree(locks);
      }
    } catch (IOException e) {
      throw new HubException(directory + ": cannot be removed: " + e.getMessage(), e);
    }
    return Optional.of(bytes);
  }

  private static void deleteTree(Path directory) throws IOException {
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            if (failure != null) {
              throw failure;
            }
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  private Path directory(HubRepo repo) {
    return root.resolve(repo.directory());
  }

  /** Where the content of a checksum is kept. */
  Path blob(HubRepo repo, Checksum checksum) {
    return directory(repo).resolve("blobs").resolve(checksum.hex());
  }

  /** A file that is locked while a blob is fetched. */
  Path lock(HubRepo repo, Checksum checksum) {
    return root.resolve(".locks").resolve(repo.directory()).resolve(checksum.hex() + ".lock");
  }

  /** The directory of a commit's files. */
  Path snapshot(HubRepo repo, String commit) {
    return directory(repo).resolve("snapshots").resolve(commit);
  }

  /** Makes a blob visible under its name in a commit's snapshot. */
  void link(HubRepo repo, String commit, HubFile file) throws IOException {
    Path snapshot = Files.createDirectories(snapshot(repo, commit));
    Path link = snapshot.resolve(file.name());
    Path blob = blob(repo, file.checksum());
    if (Files.exists(link) && Files.isSameFile(link, blob)) {
      return;
    }
    Path fresh = snapshot.resolve(file.name() + ".link");
    Files.deleteIfExists(fresh);
    Files.createSymbolicLink(fresh, snapshot.relativize(blob));
    Files.move(fresh, link, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Remembers which commit a revision is. */
  void writeRef(HubRepo repo, String commit) throws IOException {
    if (repo.revision().equals(commit)) {
      return;
    }
    Path ref = directory(repo).resolve("refs").resolve(repo.revision());
    Files.createDirectories(ref.getParent());
    Path fresh = ref.resolveSibling(ref.getFileName() + ".new");
    Files.writeString(fresh, commit);
    Files.move(fresh, ref, StandardCopyOption.ATOMIC_MOVE);
  }

  /** The snapshot that a revision was when it was last fetched. */
  Optional<Path> cached(HubRepo repo) {
    try {
      Path ref = directory(repo).resolve("refs").resolve(repo.revision());
      String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : repo.revision();
      return Optional.of(snapshot(repo, commit)).filter(Files::isDirectory);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
