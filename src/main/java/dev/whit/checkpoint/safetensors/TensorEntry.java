package dev.whit.checkpoint.safetensors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.checkpoint.StrictJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the header says of one tensor, its size already consistent with its shape.
 *
 * @param begin offset of its first byte from the end of the header
 * @param end offset behind its last byte
 */
record TensorEntry(String name, DType dtype, long[] shape, long begin, long end) {

  /** Reads the members of one tensor's object, whose brace is the current token, to its end. */
  static TensorEntry read(Path file, String name, JsonParser json) throws IOException {
    String dtype = null;
    long[] shape = null;
    long[] offsets = null;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String field = json.currentName();
      json.nextToken();
      switch (field) {
        case "dtype" -> {
          StrictJson.expect(json, json.currentToken(), JsonToken.VALUE_STRING, "dtype as a string");
          dtype = json.getText();
        }
        case "shape" -> shape = readNaturals(json, field);
        case "data_offsets" -> offsets = readNaturals(json, field);
        default -> json.skipChildren(); // the reference ignores other members, too
      }
    }
    return check(file, name, dtype, shape, offsets);
  }

  private static long[] readNaturals(JsonParser json, String field) throws IOException {
    String description = field + " as an array of non-negative integers";
    StrictJson.expect(json, json.currentToken(), JsonToken.START_ARRAY, description);
    long[] numbers = new long[4];
    int count = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      StrictJson.expect(json, json.currentToken(), JsonToken.VALUE_NUMBER_INT, description);
      if (count == numbers.length) {
        numbers = Arrays.copyOf(numbers, 2 * count);
      }
      numbers[count++] = json.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private static TensorEntry check(
      Path file,
      String name,
      @Nullable String dtypeName,
      long @Nullable [] shape,
      long @Nullable [] offsets) {
    if (dtypeName == null || shape == null || offsets == null || offsets.length != 2) {
      throw CheckpointException.tensor(
          file, name, "needs dtype, shape and data_offsets [begin, end]");
    }
    DType dtype = dtype(file, name, dtypeName);
    if (Arrays.stream(shape).anyMatch(extent -> extent < 0)) {
      throw CheckpointException.tensor(
          file, name, "negative extent in shape " + Arrays.toString(shape));
    }
    long begin = offsets[0];
    long end = offsets[1];
    if (begin < 0 || end < begin) {
      throw CheckpointException.tensor(
          file, name, "data_offsets [%d, %d] are not a range".formatted(begin, end));
    }
    if (end - begin != bytes(file, name, dtype, shape)) {
      throw CheckpointException.tensor(
          file,
          name,
          "%s %s takes %d bytes but data_offsets span %d"
              .formatted(
                  dtype, Arrays.toString(shape), bytes(file, name, dtype, shape), end - begin));
    }
    return new TensorEntry(name, dtype, shape, begin, end);
  }

  private static DType dtype(Path file, String name, String dtypeName) {
    for (DType dtype : DType.PLAIN) {
      if (dtype.name().equals(dtypeName)) {
        return dtype;
      }
    }
    throw CheckpointException.tensor(
        file, name, "dtype %s is not one of %s".formatted(dtypeName, DType.PLAIN));
  }

  private static long bytes(Path file, String name, DType dtype, long[] shape) {
    try {
      long bytes = dtype.bytes();
      for (long extent : shape) {
        bytes = Math.multiplyExact(bytes, extent);
      }
      return bytes;
    } catch (ArithmeticException e) {
      throw CheckpointException.tensor(
          file, name, "size of shape %s overflows".formatted(Arrays.toString(shape)));
    }
  }
}
