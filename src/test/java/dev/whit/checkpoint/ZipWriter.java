package dev.whit.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes zip files of stored entries as torch.save does: 64-byte aligned, flags for sizes after the
 * data, zip64 end records. Every claim of a header can be replaced by a false one.
 */
public final class ZipWriter {
  /** Stands for the truth; no test claims this number. */
  private static final long KEEP = Long.MIN_VALUE + 1;

  private static final int ALIGNMENT = 64;
  private static final int LOCAL_BYTES = 30;

  /** One entry; what is not set says the truth. */
  public static final class Entry {
    private final String name;
    private final byte[] data;
    private String localName;
    private int method;
    private int flags = 0x0808;
    private long size = KEEP;
    private long storedSize = KEEP;
    private long localSize = KEEP;
    private long header = KEEP;
    private boolean zip64;

    private Entry(String name, byte[] data) {
      this.name = name;
      this.localName = name;
      this.data = data;
    }

    /** The name in the local header. */
    public Entry localName(String value) {
      localName = value;
      return this;
    }

    public Entry method(int value) {
      method = value;
      return this;
    }

    /** Flags, of which bit 3 leaves the local header without sizes. */
    public Entry flags(int value) {
      flags = value;
      return this;
    }

    /** The size in the directory. */
    public Entry size(long value) {
      size = value;
      return this;
    }

    /** The size as stored, in the directory. */
    public Entry storedSize(long value) {
      storedSize = value;
      return this;
    }

    /** The size in the local header. */
    public Entry localSize(long value) {
      localSize = value;
      return this;
    }

    /** The offset of the local header in the directory. */
    public Entry header(long value) {
      header = value;
      return this;
    }

    /** Puts sizes and offset into the zip64 extra field, whatever their size. */
    public Entry zip64() {
      zip64 = true;
      return this;
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private long claimedEntries = KEEP;
  private long claimedDirectory = KEEP;
  private boolean zip64End = true;
  private String comment = "";

  public Entry add(String name, byte[] data) {
    Entry entry = new Entry(name, data);
    entries.add(entry);
    return entry;
  }

  /** The number of entries in the end records. */
  public ZipWriter claimEntries(long count) {
    claimedEntries = count;
    return this;
  }

  /** The offset of the directory in the end records. */
  public ZipWriter claimDirectory(long offset) {
    claimedDirectory = offset;
    return this;
  }

  public ZipWriter withoutZip64End() {
    zip64End = false;
    return this;
  }

  public ZipWriter comment(String text) {
    comment = text;
    return this;
  }

  public byte[] toBytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long[] headers = new long[entries.size()];
    for (int i = 0; i < headers.length; i++) {
      headers[i] = out.size();
      writeLocal(out, entries.get(i));
    }
    long directory = out.size();
    for (int i = 0; i < headers.length; i++) {
      writeCentral(out, entries.get(i), headers[i]);
    }
    writeEnd(out, directory, out.size() - directory);
    return out.toByteArray();
  }

  private static void writeLocal(ByteArrayOutputStream out, Entry entry) {
    byte[] name = utf8(entry.localName);
    boolean sizesHere = (entry.flags & 8) == 0;
    long size = sizesHere ? orElse(entry.localSize, entry.data.length) : 0;
    int padding = Math.floorMod(-(out.size() + LOCAL_BYTES + name.length + 4), ALIGNMENT);
    byte[] bytes = new byte[LOCAL_BYTES + name.length + 4 + padding];
    ByteBuffer header = little(bytes);
    header.putInt(0x04034b50).putShort((short) 0);
    header.putShort((short) entry.flags).putShort((short) entry.method).putInt(0);
    header.putInt(sizesHere ? crc(entry.data) : 0).putInt((int) size).putInt((int) size);
    header.putShort((short) name.length).putShort((short) (4 + padding)).put(name);
    header.putShort((short) 0x4246).putShort((short) padding);
    out.writeBytes(bytes);
    out.writeBytes(entry.data);
  }

  private static void writeCentral(ByteArrayOutputStream out, Entry entry, long actualHeader) {
    byte[] name = utf8(entry.name);
    long size = orElse(entry.size, entry.data.length);
    long stored = orElse(entry.storedSize, size);
    long header = orElse(entry.header, actualHeader);
    int extra = entry.zip64 ? 28 : 0;
    byte[] bytes = new byte[46 + name.length + extra];
    ByteBuffer record = little(bytes);
    record.putInt(0x02014b50).putShort((short) 0).putShort((short) 0);
    record.putShort((short) entry.flags).putShort((short) entry.method).putInt(0);
    record.putInt(crc(entry.data));
    record.putInt(entry.zip64 ? -1 : (int) stored).putInt(entry.zip64 ? -1 : (int) size);
    record.putShort((short) name.length).putShort((short) extra).position(42);
    record.putInt(entry.zip64 ? -1 : (int) header).put(name);
    if (entry.zip64) {
      record.putShort((short) 1).putShort((short) 24).putLong(size).putLong(stored).putLong(header);
    }
    out.writeBytes(bytes);
  }

  private void writeEnd(ByteArrayOutputStream out, long actualDirectory, long directoryBytes) {
    long at = out.size();
    long count = orElse(claimedEntries, entries.size());
    long directory = orElse(claimedDirectory, actualDirectory);
    if (zip64End) {
      byte[] bytes = new byte[76];
      ByteBuffer end = little(bytes);
      end.putInt(0x06064b50).putLong(44).putInt(0).putInt(0).putInt(0);
      end.putLong(count).putLong(count).putLong(directoryBytes).putLong(directory);
      end.putInt(0x07064b50).putInt(0).putLong(at).putInt(1);
      out.writeBytes(bytes);
    }
    byte[] text = utf8(comment);
    byte[] bytes = new byte[22 + text.length];
    ByteBuffer end = little(bytes);
    end.putInt(0x06054b50).putInt(0).putShort((short) count).putShort((short) count);
    end.putInt((int) directoryBytes).putInt((int) directory);
    end.putShort((short) text.length).put(text);
    out.writeBytes(bytes);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static int crc(byte[] data) {
    CRC32 crc = new CRC32();
    crc.update(data);
    return (int) crc.getValue();
  }

  private static long orElse(long claim, long truth) {
    return claim == KEEP ? truth : claim;
  }
}
