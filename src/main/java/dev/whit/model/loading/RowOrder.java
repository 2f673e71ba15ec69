package dev.whit.model.loading;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * In which order a matrix's rows are stored. llama.cpp's exporter interleaves the halves of each
 * query and key head of Llama and Mistral, so that neighbours rotate together; here, and in every
 * Hugging Face checkpoint, a head's first half rotates with its second.
 *
 * @param headDim rows of a head whose halves are interleaved; 0 is none
 */
record RowOrder(int headDim) {
  /** As they are used. */
  static final RowOrder PLAIN = new RowOrder(0);

  /** The stored row that is used as row {@code row}. */
  int stored(int row) {
    if (headDim == 0) {
      return row;
    }
    int inHead = row % headDim;
    int half = headDim / 2;
    int interleaved = inHead < half ? 2 * inHead : 2 * (inHead - half) + 1;
    return row - inHead + interleaved;
  }

  /** Values of the rows, one each. */
  float[] apply(float[] values) {
    if (headDim == 0) {
      return values;
    }
    float[] ordered = new float[values.length];
    for (int row = 0; row < values.length; row++) {
      ordered[row] = values[stored(row)];
    }
    return ordered;
  }

  /** Rows of equal length; a copy where the order is not the stored one. */
  MemorySegment apply(MemorySegment rows, int count) {
    if (headDim == 0) {
      return rows;
    }
    long bytes = rows.byteSize() / count;
    MemorySegment ordered = Arena.ofAuto().allocate(rows.byteSize(), Long.BYTES);
    for (int row = 0; row < count; row++) {
      MemorySegment.copy(rows, stored(row) * bytes, ordered, row * bytes, bytes);
    }
    return ordered;
  }
}
