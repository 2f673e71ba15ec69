package dev.whit.checkpoint.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;
import dev.whit.checkpoint.StrictJson;
import dev.whit.checkpoint.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Reads one safetensors file: eight bytes of header length, a JSON header, then the tensors' bytes
 * without a gap. Accepts what the reference implementation's {@code deserialize} accepts
 * (huggingface/safetensors, {@code tensor.rs}) of the dtypes known here.
 */
public final class SafetensorsReader {
  /** The reference's limit on the header. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final String METADATA = "__metadata__";

  private SafetensorsReader() {}

  /**
   * The tensors of a file, in the order of their bytes.
   *
   * @throws CheckpointException when the header is malformed, or its tensors do not cover the rest
   *     of the file exactly
   */
  public static List<Tensor> read(MappedFile file) {
    long headerBytes = file.i64(0);
    if (headerBytes < 0 || headerBytes > MAX_HEADER_BYTES) {
      throw CheckpointException.at(
          file.path(),
          0,
          "header of %s bytes; the limit is %d"
              .formatted(Long.toUnsignedString(headerBytes), MAX_HEADER_BYTES));
    }
    List<TensorEntry> entries = readHeader(file, file.utf8(Long.BYTES, headerBytes));
    return place(file, Long.BYTES + headerBytes, entries);
  }

  private static List<TensorEntry> readHeader(MappedFile file, String header) {
    List<TensorEntry> entries = new ArrayList<>();
    StrictJson.readObject(
        file.path(),
        "the safetensors header",
        header,
        json -> {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            StrictJson.expect(json, json.nextToken(), JsonToken.START_OBJECT, "an object");
            if (name.equals(METADATA)) {
              skipMetadata(json);
            } else {
              entries.add(TensorEntry.read(file.path(), name, json));
            }
          }
        });
    return entries;
  }

  private static void skipMetadata(JsonParser json) throws IOException {
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      StrictJson.expect(json, json.nextToken(), JsonToken.VALUE_STRING, METADATA + " of strings");
    }
  }

  private static List<Tensor> place(MappedFile file, long dataStart, List<TensorEntry> entries) {
    long dataBytes = file.size() - dataStart;
    List<Tensor> tensors = new ArrayList<>(entries.size());
    entries.sort(Comparator.comparingLong(TensorEntry::begin).thenComparingLong(TensorEntry::end));
    long next = 0;
    for (TensorEntry entry : entries) {
      if (entry.begin() != next) {
        throw CheckpointException.tensor(
            file.path(),
            entry.name(),
            "data_offsets begin at %d where the tensors before it end at %d: %s"
                .formatted(entry.begin(), next, entry.begin() < next ? "they overlap" : "a hole"));
      }
      if (entry.end() > dataBytes) {
        throw CheckpointException.tensor(
            file.path(),
            entry.name(),
            "data_offsets end at %d but the file has only %d bytes of data: truncated?"
                .formatted(entry.end(), dataBytes));
      }
      next = entry.end();
      long offset = dataStart + entry.begin();
      tensors.add(
          new Tensor(
              entry.name(),
              file.path(),
              offset,
              entry.dtype(),
              entry.shape(),
              Tensor.rowMajorStrides(entry.shape()),
              file.slice(offset, entry.end() - entry.begin())));
    }
    if (next != dataBytes) {
      throw CheckpointException.at(
          file.path(),
          dataStart + next,
          "%d bytes after the last tensor belong to none".formatted(dataBytes - next));
    }
    return tensors;
  }
}
