package dev.whit.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Lookup in tables of one vector, for 256 bits (AVX2: 8 entries, 3 inputs) and 128 bits (NEON: 4
 * entries, 2 inputs). A block's 16 rows are 2 or 4 vectors, each with its own pass over the words:
 * these processors have 16 registers or so, and the second pass meets the words in the cache.
 */
final class NarrowLookupKernel implements LookupKernel {
  private static final VectorSpecies<Float> FLOAT =
      Species.BITS == 256 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;
  private static final VectorSpecies<Integer> INT =
      Species.BITS == 256 ? IntVector.SPECIES_256 : IntVector.SPECIES_128;
  private static final int LANES = FLOAT.length();
  private static final int BLOCK = PackedSigns.BLOCK;
  private static final int INPUTS = LANES == 8 ? 3 : 2; // of one table
  private static final int GROUPS = PackedSigns.WORD_COLUMNS / INPUTS;
  private static final int TABLE_SIZE = GROUPS * LANES;

  private static final float[] SIGNS = LookupKernel.signs(INPUTS, LANES);

  @Override
  public int tableSize() {
    return TABLE_SIZE;
  }

  @Override
  public void buildTables(float[] x, int words, int[] tables, int tablesOffset) {
    FloatVector first = FloatVector.fromArray(FLOAT, SIGNS, 0);
    FloatVector second = FloatVector.fromArray(FLOAT, SIGNS, LANES);
    FloatVector last = FloatVector.fromArray(FLOAT, SIGNS, (INPUTS - 1) * LANES);
    int groups = words * GROUPS;
    for (int g = 0, i = 0, t = tablesOffset; g < groups; g++, i += INPUTS, t += LANES) {
      FloatVector sum = first.mul(x[i]);
      if (INPUTS == 3) {
        sum = second.fma(FloatVector.broadcast(FLOAT, x[i + 1]), sum);
      }
      sum = last.fma(FloatVector.broadcast(FLOAT, x[i + INPUTS - 1]), sum);
      sum.reinterpretAsInts().intoArray(tables, t);
    }
  }

  @Override
  public void multiply(
      int[] signs,
      int signsOffset,
      int words,
      int blocks,
      int[] tables,
      float[] out,
      int outOffset) {
    multiply(signs, signsOffset, words, blocks, tables, 0, out, outOffset);
  }

  @Override
  public void multiplyTile(
      int[] signs,
      int signsOffset,
      int words,
      int blocks,
      int[] tables,
      float[] out,
      int outOffset,
      int outStride) {
    // By groups of blocks, so that the later vectors meet the words in the first-level cache.
    for (int b = 0; b < blocks; b += 4) {
      int count = Math.min(4, blocks - b);
      int from = signsOffset + b * words * BLOCK;
      for (int vector = 0; vector < TILE; vector++) {
        int to = outOffset + vector * outStride + b * BLOCK;
        multiply(signs, from, words, count, tables, vector * words * TABLE_SIZE, out, to);
      }
    }
  }

  private static void multiply(
      int[] signs,
      int signsOffset,
      int words,
      int blocks,
      int[] tables,
      int tablesOffset,
      float[] out,
      int outOffset) {
    for (int b = 0; b < blocks; b += 4) {
      for (int lane = 0; lane < BLOCK; lane += LANES) {
        multiply4(
            signs,
            signsOffset + lane,
            words,
            tables,
            tablesOffset,
            out,
            outOffset + lane,
            b,
            blocks - 1);
      }
    }
  }

  /** {@code LANES} rows of four blocks; blocks past {@code last} are {@code last} again. */
  private static void multiply4(
      int[] signs,
      int signsOffset,
      int words,
      int[] tables,
      int tablesOffset,
      float[] out,
      int outOffset,
      int block,
      int last) {
    int b1 = Math.min(block + 1, last);
    int b2 = Math.min(block + 2, last);
    int b3 = Math.min(block + 3, last);
    int o0 = signsOffset + block * words * BLOCK;
    int o1 = signsOffset + b1 * words * BLOCK;
    int o2 = signsOffset + b2 * words * BLOCK;
    int o3 = signsOffset + b3 * words * BLOCK;
    FloatVector a0 = FloatVector.zero(FLOAT);
    FloatVector a1 = FloatVector.zero(FLOAT);
    FloatVector a2 = FloatVector.zero(FLOAT);
    FloatVector a3 = FloatVector.zero(FLOAT);
    for (int i = 0, t = tablesOffset; i < words * BLOCK; i += BLOCK) {
      IntVector w0 = IntVector.fromArray(INT, signs, o0 + i);
      IntVector w1 = IntVector.fromArray(INT, signs, o1 + i);
      IntVector w2 = IntVector.fromArray(INT, signs, o2 + i);
      IntVector w3 = IntVector.fromArray(INT, signs, o3 + i);
      for (int g = 0; g < GROUPS; g++, t += LANES) {
        IntVector table = IntVector.fromArray(INT, tables, t);
        a0 = a0.add(w0.selectFrom(table).reinterpretAsFloats());
        a1 = a1.add(w1.selectFrom(table).reinterpretAsFloats());
        a2 = a2.add(w2.selectFrom(table).reinterpretAsFloats());
        a3 = a3.add(w3.selectFrom(table).reinterpretAsFloats());
        w0 = w0.lanewise(LSHR, INPUTS);
        w1 = w1.lanewise(LSHR, INPUTS);
        w2 = w2.lanewise(LSHR, INPUTS);
        w3 = w3.lanewise(LSHR, INPUTS);
      }
    }
    a0.intoArray(out, outOffset + block * BLOCK);
    a1.intoArray(out, outOffset + b1 * BLOCK);
    a2.intoArray(out, outOffset + b2 * BLOCK);
    a3.intoArray(out, outOffset + b3 * BLOCK);
  }
}
