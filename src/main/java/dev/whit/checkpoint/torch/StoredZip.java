package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The directory of a zip file whose entries are stored, not compressed, so that each is a slice of
 * the mapped file. Entries that are compressed, overlap, or are named to escape a directory make
 * the whole file suspect and are refused, needed or not.
 */
final class StoredZip {
  private static final long CENTRAL_SIGNATURE = 0x02014b50L;
  private static final int CENTRAL_BYTES = 46;
  private static final long LOCAL_SIGNATURE = 0x04034b50L;
  private static final int LOCAL_BYTES = 30;
  private static final int STORED = 0;
  private static final int FLAG_ENCRYPTED = 1;

  /** Sizes follow the data instead of being in the local header; torch.save does this. */
  private static final int FLAG_SIZES_AFTER_DATA = 1 << 3;

  private final MappedFile file;
  private final ZipEnd end;
  private final Map<String, ZipEntry> entries = new LinkedHashMap<>();

  private StoredZip(MappedFile file, ZipEnd end) {
    this.file = file;
    this.end = end;
  }

  /**
   * Reads and checks the directory and the local header of every entry.
   *
   * @throws CheckpointException when anything about them is wrong
   */
  static StoredZip read(MappedFile file) {
    StoredZip zip = new StoredZip(file, ZipEnd.read(file));
    zip.readDirectory();
    zip.refuseOverlaps();
    return zip;
  }

  /** The entry of that name, if there is one. */
  Optional<ZipEntry> find(String name) {
    return Optional.ofNullable(entries.get(name));
  }

  Set<String> names() {
    return entries.keySet();
  }

  private void readDirectory() {
    long at = end.directory();
    long count = 0;
    while (at < end.directoryEnd()) {
      at = readCentral(at);
      count++;
    }
    if (at != end.directoryEnd() || count != end.entries()) {
      throw bad(
          end.directory(), "zip directory has %d entries, not %d".formatted(count, end.entries()));
    }
  }

  /** Reads one entry's record in the directory; returns the offset of the next. */
  private long readCentral(long at) {
    if (file.u32(at) != CENTRAL_SIGNATURE) {
      throw bad(at, "not an entry of a zip directory");
    }
    int flags = file.u16(at + 8);
    int method = file.u16(at + 10);
    int nameBytes = file.u16(at + 28);
    int extraBytes = file.u16(at + 30);
    String name = file.utf8(at + CENTRAL_BYTES, nameBytes);
    requirePlain(at, name);
    if ((flags & FLAG_ENCRYPTED) != 0) {
      throw bad(at, "zip entry " + name + " is encrypted");
    }
    if (method != STORED) {
      throw bad(
          at,
          "zip entry %s is compressed (method %d); torch.save only stores".formatted(name, method));
    }
    // The 64-bit values of those fields that are saturated, in this order (APPNOTE 4.5.3).
    Zip64Extra extra = new Zip64Extra(file, at + CENTRAL_BYTES + nameBytes, extraBytes);
    long size = extra.widen(file.u32(at + 24));
    long stored = extra.widen(file.u32(at + 20));
    long header = extra.widen(file.u32(at + 42));
    if (size < 0 || stored != size) {
      throw bad(at, "zip entry %s of %d bytes takes %d".formatted(name, size, stored));
    }
    long data = readLocal(header, name, nameBytes, size);
    if (entries.put(name, new ZipEntry(name, header, data, size)) != null) {
      throw bad(at, "zip entry " + name + " is there twice");
    }
    return at + CENTRAL_BYTES + nameBytes + extraBytes + file.u16(at + 32);
  }

  /** Checks an entry's local header against the directory; returns the offset of its data. */
  private long readLocal(long at, String name, int nameBytes, long size) {
    if (at < 0 || at > end.directory() - LOCAL_BYTES || file.u32(at) != LOCAL_SIGNATURE) {
      throw bad(at, "no header of zip entry " + name + " here");
    }
    int extraBytes = file.u16(at + 28);
    long data = at + LOCAL_BYTES + nameBytes + extraBytes;
    if (file.u16(at + 26) != nameBytes
        || !file.utf8(at + LOCAL_BYTES, nameBytes).equals(name)
        || file.u16(at + 8) != STORED) {
      throw bad(at, "header of zip entry " + name + " contradicts the zip directory");
    }
    if ((file.u16(at + 6) & FLAG_SIZES_AFTER_DATA) == 0) {
      Zip64Extra extra = new Zip64Extra(file, at + LOCAL_BYTES + nameBytes, extraBytes);
      if (extra.widen(file.u32(at + 22)) != size || extra.widen(file.u32(at + 18)) != size) {
        throw bad(at, "size of zip entry " + name + " contradicts the zip directory");
      }
    }
    if (data > end.directory() || size > end.directory() - data) {
      throw bad(at, "zip entry %s of %d bytes ends outside the file's data".formatted(name, size));
    }
    return data;
  }

  private void requirePlain(long at, String name) {
    boolean escapes =
        name.isEmpty()
            || name.startsWith("/")
            || name.chars().anyMatch(c -> c == '\\' || c < ' ')
            || List.of(name.split("/", -1)).contains("..");
    if (escapes) {
      throw bad(at, "zip entry name \"" + name + "\" is not a plain relative path");
    }
  }

  private void refuseOverlaps() {
    List<ZipEntry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(ZipEntry::header));
    long free = 0;
    for (ZipEntry entry : sorted) {
      if (entry.header() < free) {
        throw bad(entry.header(), "zip entry " + entry.name() + " overlaps another");
      }
      free = entry.end();
    }
  }

  private CheckpointException bad(long at, String reason) {
    return CheckpointException.at(file.path(), at, reason);
  }
}
