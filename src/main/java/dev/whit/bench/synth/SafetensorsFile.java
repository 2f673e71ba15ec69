package dev.whit.bench.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A safetensors file of random tensors, written front to back through one buffer: it never takes
 * more memory than that, whatever its size.
 */
final class SafetensorsFile {
  private static final int BUFFER = 1 << 20;
  private static final int ALIGNMENT = 64;

  private final byte[] header;
  private final List<RandomTensor> tensors;
  private final long dataBytes;

  SafetensorsFile(List<RandomTensor> tensors) {
    this.tensors = List.copyOf(tensors);
    ObjectNode entries = new ObjectMapper().createObjectNode();
    entries.putObject("__metadata__").put("format", "pt");
    long offset = 0;
    for (RandomTensor tensor : tensors) {
      ObjectNode entry = entries.putObject(tensor.name()).put("dtype", tensor.dtype().name());
      for (long extent : tensor.shape()) {
        entry.withArray("shape").add(extent);
      }
      long end = Math.addExact(offset, tensor.bytes());
      entry.putArray("data_offsets").add(offset).add(end);
      offset = end;
    }
    dataBytes = offset;
    String json = entries.toString();
    // Blanks behind the JSON are the format's own way to align the data.
    int padded = Math.ceilDiv(json.length() + Long.BYTES, ALIGNMENT) * ALIGNMENT - Long.BYTES;
    header = (json + " ".repeat(padded - json.length())).getBytes(StandardCharsets.UTF_8);
  }

  /** Size of the file. */
  long bytes() {
    return Long.BYTES + header.length + dataBytes;
  }

  /** Writes it; the same seed gives the same file. */
  void write(Path file, long seed, WriteListener listener) throws IOException {
    SplittableRandom seeds = new SplittableRandom(seed);
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
      write(channel, length.putLong(header.length).flip());
      write(channel, ByteBuffer.wrap(header));
      for (RandomTensor tensor : tensors) {
        SplittableRandom random = seeds.split();
        long elements = tensor.elements();
        int step = BUFFER / tensor.dtype().bytes();
        for (long first = 0; first < elements; first += step) {
          tensor.fill(first, (int) Math.min(step, elements - first), random, buffer.clear());
          write(channel, buffer.flip());
          listener.onBytes(channel.position(), bytes());
        }
      }
    }
  }

  private static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }
}
