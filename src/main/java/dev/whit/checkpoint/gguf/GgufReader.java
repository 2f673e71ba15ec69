package dev.whit.checkpoint.gguf;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.MappedFile;
import dev.whit.checkpoint.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a GGUF file, version 3 (ggml's {@code docs/gguf.md}): metadata, then a table of tensors,
 * then their bytes, each at a multiple of the alignment.
 */
public final class GgufReader {
  /** "GGUF", little-endian. */
  private static final long MAGIC = 0x46554747;

  private static final int VERSION = 3;
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final int MAX_ALIGNMENT = 1 << 16;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_NAME_LENGTH = 1 << 10;
  private static final int MAX_TENSORS = 1 << 20;

  /** Least bytes of an entry of the table: name length, dimensions, type and offset. */
  private static final int MIN_ENTRY = 24;

  /** ggml's numbers of the types that are read. */
  private static final Map<Long, DType> TYPES =
      Map.ofEntries(
          Map.entry(0L, DType.F32),
          Map.entry(1L, DType.F16),
          Map.entry(2L, DType.Q4_0),
          Map.entry(3L, DType.Q4_1),
          Map.entry(6L, DType.Q5_0),
          Map.entry(7L, DType.Q5_1),
          Map.entry(8L, DType.Q8_0),
          Map.entry(12L, DType.Q4_K),
          Map.entry(13L, DType.Q5_K),
          Map.entry(14L, DType.Q6_K),
          Map.entry(24L, DType.I8),
          Map.entry(25L, DType.I16),
          Map.entry(26L, DType.I32),
          Map.entry(27L, DType.I64),
          Map.entry(28L, DType.F64),
          Map.entry(30L, DType.BF16));

  /** Names of ggml's other types, for the refusal. */
  private static final Map<Long, String> OTHERS =
      Map.ofEntries(
          Map.entry(9L, "Q8_1"),
          Map.entry(10L, "Q2_K"),
          Map.entry(11L, "Q3_K"),
          Map.entry(15L, "Q8_K"),
          Map.entry(16L, "IQ2_XXS"),
          Map.entry(17L, "IQ2_XS"),
          Map.entry(18L, "IQ3_XXS"),
          Map.entry(19L, "IQ1_S"),
          Map.entry(20L, "IQ4_NL"),
          Map.entry(21L, "IQ3_S"),
          Map.entry(22L, "IQ2_S"),
          Map.entry(23L, "IQ4_XS"),
          Map.entry(29L, "IQ1_M"),
          Map.entry(34L, "TQ1_0"),
          Map.entry(35L, "TQ2_0"),
          Map.entry(39L, "MXFP4"));

  private final MappedFile file;

  private GgufReader(MappedFile file) {
    this.file = file;
  }

  /** What a file holds. */
  public record Contents(GgufMetadata metadata, List<Tensor> tensors) {}

  private record Entry(String name, long[] shape, DType type, long offset, long bytes) {}

  /**
   * Reads a file. The shape of a tensor is in row-major order, the reverse of the file's.
   *
   * @throws CheckpointException when anything about it is wrong
   */
  public static Contents read(MappedFile file) {
    return new GgufReader(file).read();
  }

  private Contents read() {
    GgufCursor cursor = new GgufCursor(file, 0);
    if (cursor.u32() != MAGIC) {
      throw CheckpointException.at(file.path(), 0, "does not begin with GGUF");
    }
    long version = cursor.u32();
    if (version != VERSION) {
      throw CheckpointException.at(
          file.path(),
          Integer.BYTES,
          "is GGUF version %s; only version %d is read%s"
              .formatted(
                  version,
                  VERSION,
                  Integer.reverseBytes((int) version) == VERSION ? ": it is big-endian" : ""));
    }
    long tensorCount = cursor.count("number of tensors", MIN_ENTRY);
    if (tensorCount > MAX_TENSORS) {
      throw CheckpointException.file(
          file.path(), "has %d tensors; the limit is %d".formatted(tensorCount, MAX_TENSORS));
    }
    long keys = cursor.count("number of metadata keys", 1);
    GgufMetadata metadata = GgufMetadata.read(file, cursor, keys);
    List<Entry> entries = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (long i = 0; i < tensorCount; i++) {
      Entry entry = entry(cursor);
      if (!names.add(entry.name())) {
        throw CheckpointException.tensor(file.path(), entry.name(), "is there twice");
      }
      entries.add(entry);
    }
    return new Contents(metadata, place(entries, cursor.position(), alignment(metadata)));
  }

  private int alignment(GgufMetadata metadata) {
    long alignment = metadata.integer("general.alignment").orElse(DEFAULT_ALIGNMENT);
    if (alignment < 1 || alignment > MAX_ALIGNMENT || Long.bitCount(alignment) != 1) {
      throw CheckpointException.file(
          file.path(),
          "general.alignment is %d: must be a power of two up to %d"
              .formatted(alignment, MAX_ALIGNMENT));
    }
    return (int) alignment;
  }

  private Entry entry(GgufCursor cursor) {
    String name = cursor.text("a tensor's name", MAX_NAME_LENGTH);
    long dimensions = cursor.u32();
    if (dimensions > MAX_DIMENSIONS) {
      throw CheckpointException.tensor(
          file.path(),
          name,
          "has %d dimensions; the limit is %d".formatted(dimensions, MAX_DIMENSIONS));
    }
    long[] shape = new long[(int) dimensions];
    for (int d = shape.length - 1; d >= 0; d--) {
      shape[d] = cursor.i64();
    }
    long number = cursor.u32();
    DType type = TYPES.get(number);
    if (type == null) {
      throw CheckpointException.tensor(
          file.path(),
          name,
          "is of type %s, which is not read; it may be one of %s"
              .formatted(
                  OTHERS.getOrDefault(number, "number " + number),
                  TYPES.values().stream().sorted().toList()));
    }
    long offset = cursor.i64();
    return new Entry(name, shape, type, offset, bytes(name, shape, type));
  }

  private long bytes(String name, long[] shape, DType type) {
    long elements = 1;
    try {
      for (long extent : shape) {
        if (extent < 1) {
          throw CheckpointException.tensor(
              file.path(), name, "has shape %s".formatted(Arrays.toString(shape)));
        }
        elements = Math.multiplyExact(elements, extent);
      }
      Math.multiplyExact(elements, Long.BYTES);
    } catch (ArithmeticException e) {
      throw CheckpointException.tensor(
          file.path(), name, "has shape %s: too large".formatted(Arrays.toString(shape)));
    }
    long row = shape.length == 0 ? 1 : shape[shape.length - 1];
    if (row % type.blockElements() != 0) {
      throw CheckpointException.tensor(
          file.path(),
          name,
          "has rows of %d elements: %s comes in blocks of %d"
              .formatted(row, type, type.blockElements()));
    }
    return type.byteSize(elements);
  }

  private List<Tensor> place(List<Entry> entries, long headerEnd, int alignment) {
    long dataStart = Math.ceilDiv(headerEnd, alignment) * alignment;
    entries.sort(Comparator.comparingLong(Entry::offset));
    List<Tensor> tensors = new ArrayList<>(entries.size());
    long end = 0;
    for (Entry entry : entries) {
      if (entry.offset() < end) {
        throw CheckpointException.tensor(
            file.path(),
            entry.name(),
            "begins at %d of the data, where the tensor before it ends at %d: they overlap"
                .formatted(entry.offset(), end));
      }
      if (entry.offset() % alignment != 0) {
        throw CheckpointException.tensor(
            file.path(),
            entry.name(),
            "begins at %d of the data: no multiple of %d".formatted(entry.offset(), alignment));
      }
      if (entry.offset() > file.size() - dataStart - entry.bytes()) {
        throw CheckpointException.tensor(
            file.path(),
            entry.name(),
            "needs %d bytes at %d of the data, the file has only %d: truncated?"
                .formatted(entry.bytes(), entry.offset(), Math.max(0, file.size() - dataStart)));
      }
      end = entry.offset() + entry.bytes();
      tensors.add(
          new Tensor(
              entry.name(),
              file.path(),
              dataStart + entry.offset(),
              entry.type(),
              entry.shape(),
              Tensor.rowMajorStrides(entry.shape()),
              file.slice(dataStart + entry.offset(), entry.bytes())));
    }
    return tensors;
  }
}
