package dev.whit.kernel.cpu;

import static jdk.incubator.vector.VectorOperators.LSHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Lookup in 32-entry tables of 5 inputs with 512-bit vectors: one {@code vpermi2d} over two table
 * registers serves 16 rows. The loops are unrolled by hand and call nothing but the Vector API:
 * vectors that cross a method of ours would be boxed, and methods beyond about 2000 bytecodes may
 * never be compiled.
 *
 * <p>Some sums are made by a multiplication with one and an addition, which rounds as the addition
 * does: on Zen other units do it, where lookups, shifts and additions share theirs (15 to 20 %).
 */
final class WideLookupKernel implements LookupKernel {
  private static final VectorSpecies<Float> FLOAT = FloatVector.SPECIES_512;
  private static final VectorSpecies<Integer> INT = IntVector.SPECIES_512;
  private static final int BLOCK = PackedSigns.BLOCK;
  private static final int INPUTS = 5; // of one table
  private static final int GROUPS = PackedSigns.WORD_COLUMNS / INPUTS;
  private static final int TABLE_SIZE = GROUPS << INPUTS;

  private static final float[] SIGNS = LookupKernel.signs(4, BLOCK);

  @Override
  public int tableSize() {
    return TABLE_SIZE;
  }

  @Override
  public void buildTables(float[] x, int words, int[] tables, int tablesOffset) {
    FloatVector s0 = FloatVector.fromArray(FLOAT, SIGNS, 0);
    FloatVector s1 = FloatVector.fromArray(FLOAT, SIGNS, BLOCK);
    FloatVector s2 = FloatVector.fromArray(FLOAT, SIGNS, 2 * BLOCK);
    FloatVector s3 = FloatVector.fromArray(FLOAT, SIGNS, 3 * BLOCK);
    int groups = words * GROUPS;
    for (int g = 0, i = 0, t = tablesOffset; g < groups; g++, i += INPUTS, t += 2 * BLOCK) {
      FloatVector sum = s0.mul(x[i]);
      sum = s1.fma(FloatVector.broadcast(FLOAT, x[i + 1]), sum);
      sum = s2.fma(FloatVector.broadcast(FLOAT, x[i + 2]), sum);
      sum = s3.fma(FloatVector.broadcast(FLOAT, x[i + 3]), sum);
      FloatVector fifth = FloatVector.broadcast(FLOAT, x[i + 4]);
      sum.add(fifth).reinterpretAsInts().intoArray(tables, t);
      sum.sub(fifth).reinterpretAsInts().intoArray(tables, t + BLOCK);
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
    // Eight long sequential streams of words, as many as the processor's prefetchers follow well.
    int step = blocks / 8;
    for (int b = 0; b < step; b++) {
      multiply8(signs, signsOffset, words, tables, out, outOffset, b, step);
    }
    for (int b = 8 * step; b < blocks; b += 4) {
      multiply4(signs, signsOffset, words, tables, out, outOffset, b, blocks - 1);
    }
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
    int b = 0;
    for (; b <= blocks - 4; b += 4) {
      multiply4x4(signs, signsOffset, words, tables, out, outOffset, outStride, b);
    }
    for (; b < blocks; b++) {
      multiply1x4(signs, signsOffset, words, tables, out, outOffset, outStride, b);
    }
  }

  private static void multiply8(
      int[] signs,
      int signsOffset,
      int words,
      int[] tables,
      float[] out,
      int outOffset,
      int block,
      int step) {
    int stream = step * words * BLOCK;
    int o0 = signsOffset + block * words * BLOCK;
    int o1 = o0 + stream;
    int o2 = o1 + stream;
    int o3 = o2 + stream;
    int o4 = o3 + stream;
    int o5 = o4 + stream;
    int o6 = o5 + stream;
    int o7 = o6 + stream;
    FloatVector a0 = FloatVector.zero(FLOAT);
    FloatVector a1 = FloatVector.zero(FLOAT);
    FloatVector a2 = FloatVector.zero(FLOAT);
    FloatVector a3 = FloatVector.zero(FLOAT);
    FloatVector a4 = FloatVector.zero(FLOAT);
    FloatVector a5 = FloatVector.zero(FLOAT);
    FloatVector a6 = FloatVector.zero(FLOAT);
    FloatVector a7 = FloatVector.zero(FLOAT);
    FloatVector one = FloatVector.broadcast(FLOAT, 1f);
    for (int i = 0, t = 0; i < words * BLOCK; i += BLOCK, t += TABLE_SIZE) {
      IntVector w0 = IntVector.fromArray(INT, signs, o0 + i);
      IntVector w1 = IntVector.fromArray(INT, signs, o1 + i);
      IntVector w2 = IntVector.fromArray(INT, signs, o2 + i);
      IntVector w3 = IntVector.fromArray(INT, signs, o3 + i);
      IntVector w4 = IntVector.fromArray(INT, signs, o4 + i);
      IntVector w5 = IntVector.fromArray(INT, signs, o5 + i);
      IntVector w6 = IntVector.fromArray(INT, signs, o6 + i);
      IntVector w7 = IntVector.fromArray(INT, signs, o7 + i);
      IntVector lo = IntVector.fromArray(INT, tables, t);
      IntVector hi = IntVector.fromArray(INT, tables, t + 16);
      a0 = a0.add(w0.selectFrom(lo, hi).reinterpretAsFloats());
      a1 = w1.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a1);
      a2 = a2.add(w2.selectFrom(lo, hi).reinterpretAsFloats());
      a3 = w3.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a3);
      a4 = a4.add(w4.selectFrom(lo, hi).reinterpretAsFloats());
      a5 = w5.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a5);
      a6 = a6.add(w6.selectFrom(lo, hi).reinterpretAsFloats());
      a7 = w7.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a7);
      lo = IntVector.fromArray(INT, tables, t + 32);
      hi = IntVector.fromArray(INT, tables, t + 48);
      a0 = a0.add(w0.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats());
      a1 = w1.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a1);
      a2 = a2.add(w2.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats());
      a3 = w3.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a3);
      a4 = a4.add(w4.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats());
      a5 = w5.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a5);
      a6 = a6.add(w6.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats());
      a7 = w7.lanewise(LSHR, 5).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a7);
      lo = IntVector.fromArray(INT, tables, t + 64);
      hi = IntVector.fromArray(INT, tables, t + 80);
      a0 = a0.add(w0.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats());
      a1 = w1.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a1);
      a2 = a2.add(w2.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats());
      a3 = w3.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a3);
      a4 = a4.add(w4.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats());
      a5 = w5.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a5);
      a6 = a6.add(w6.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats());
      a7 = w7.lanewise(LSHR, 10).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a7);
      lo = IntVector.fromArray(INT, tables, t + 96);
      hi = IntVector.fromArray(INT, tables, t + 112);
      a0 = a0.add(w0.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats());
      a1 = w1.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a1);
      a2 = a2.add(w2.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats());
      a3 = w3.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a3);
      a4 = a4.add(w4.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats());
      a5 = w5.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a5);
      a6 = a6.add(w6.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats());
      a7 = w7.lanewise(LSHR, 15).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a7);
      lo = IntVector.fromArray(INT, tables, t + 128);
      hi = IntVector.fromArray(INT, tables, t + 144);
      a0 = a0.add(w0.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats());
      a1 = w1.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a1);
      a2 = a2.add(w2.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats());
      a3 = w3.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a3);
      a4 = a4.add(w4.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats());
      a5 = w5.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a5);
      a6 = a6.add(w6.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats());
      a7 = w7.lanewise(LSHR, 20).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a7);
      lo = IntVector.fromArray(INT, tables, t + 160);
      hi = IntVector.fromArray(INT, tables, t + 176);
      a0 = a0.add(w0.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats());
      a1 = w1.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a1);
      a2 = a2.add(w2.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats());
      a3 = w3.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a3);
      a4 = a4.add(w4.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats());
      a5 = w5.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a5);
      a6 = a6.add(w6.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats());
      a7 = w7.lanewise(LSHR, 25).selectFrom(lo, hi).reinterpretAsFloats().fma(one, a7);
    }
    int to = outOffset + block * BLOCK;
    a0.intoArray(out, to);
    a1.intoArray(out, to + step * BLOCK);
    a2.intoArray(out, to + 2 * step * BLOCK);
    a3.intoArray(out, to + 3 * step * BLOCK);
    a4.intoArray(out, to + 4 * step * BLOCK);
    a5.intoArray(out, to + 5 * step * BLOCK);
    a6.intoArray(out, to + 6 * step * BLOCK);
    a7.intoArray(out, to + 7 * step * BLOCK);
  }

  /** Four blocks from {@code block}; those past {@code last} are {@code last} again. */
  private static void multiply4(
      int[] signs,
      int signsOffset,
      int words,
      int[] tables,
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
    for (int i = 0, t = 0; i < words * BLOCK; i += BLOCK) {
      IntVector w0 = IntVector.fromArray(INT, signs, o0 + i);
      IntVector w1 = IntVector.fromArray(INT, signs, o1 + i);
      IntVector w2 = IntVector.fromArray(INT, signs, o2 + i);
      IntVector w3 = IntVector.fromArray(INT, signs, o3 + i);
      for (int g = 0; g < GROUPS; g++, t += 2 * BLOCK) {
        IntVector lo = IntVector.fromArray(INT, tables, t);
        IntVector hi = IntVector.fromArray(INT, tables, t + BLOCK);
        a0 = a0.add(w0.selectFrom(lo, hi).reinterpretAsFloats());
        a1 = a1.add(w1.selectFrom(lo, hi).reinterpretAsFloats());
        a2 = a2.add(w2.selectFrom(lo, hi).reinterpretAsFloats());
        a3 = a3.add(w3.selectFrom(lo, hi).reinterpretAsFloats());
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

  /** Four blocks by four vectors: a word serves four lookups. */
  private static void multiply4x4(
      int[] signs,
      int signsOffset,
      int words,
      int[] tables,
      float[] out,
      int outOffset,
      int outStride,
      int block) {
    int stride = words * TABLE_SIZE;
    int b0 = block;
    int b1 = block + 1;
    int b2 = block + 2;
    int b3 = block + 3;
    int o0 = signsOffset + b0 * words * BLOCK;
    int o1 = signsOffset + b1 * words * BLOCK;
    int o2 = signsOffset + b2 * words * BLOCK;
    int o3 = signsOffset + b3 * words * BLOCK;
    FloatVector a00 = FloatVector.zero(FLOAT);
    FloatVector a01 = FloatVector.zero(FLOAT);
    FloatVector a02 = FloatVector.zero(FLOAT);
    FloatVector a03 = FloatVector.zero(FLOAT);
    FloatVector a10 = FloatVector.zero(FLOAT);
    FloatVector a11 = FloatVector.zero(FLOAT);
    FloatVector a12 = FloatVector.zero(FLOAT);
    FloatVector a13 = FloatVector.zero(FLOAT);
    FloatVector a20 = FloatVector.zero(FLOAT);
    FloatVector a21 = FloatVector.zero(FLOAT);
    FloatVector a22 = FloatVector.zero(FLOAT);
    FloatVector a23 = FloatVector.zero(FLOAT);
    FloatVector a30 = FloatVector.zero(FLOAT);
    FloatVector a31 = FloatVector.zero(FLOAT);
    FloatVector a32 = FloatVector.zero(FLOAT);
    FloatVector a33 = FloatVector.zero(FLOAT);
    FloatVector one = FloatVector.broadcast(FLOAT, 1f);
    for (int i = 0, t = 0; i < words * BLOCK; i += BLOCK) {
      IntVector w0 = IntVector.fromArray(INT, signs, o0 + i);
      IntVector w1 = IntVector.fromArray(INT, signs, o1 + i);
      IntVector w2 = IntVector.fromArray(INT, signs, o2 + i);
      IntVector w3 = IntVector.fromArray(INT, signs, o3 + i);
      for (int g = 0; g < GROUPS; g++, t += 2 * BLOCK) {
        IntVector lo = IntVector.fromArray(INT, tables, t);
        IntVector hi = IntVector.fromArray(INT, tables, t + 16);
        a00 = a00.add(w0.selectFrom(lo, hi).reinterpretAsFloats());
        a01 = a01.add(w1.selectFrom(lo, hi).reinterpretAsFloats());
        a02 = a02.add(w2.selectFrom(lo, hi).reinterpretAsFloats());
        a03 = w3.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a03);
        lo = IntVector.fromArray(INT, tables, t + stride);
        hi = IntVector.fromArray(INT, tables, t + stride + 16);
        a10 = a10.add(w0.selectFrom(lo, hi).reinterpretAsFloats());
        a11 = a11.add(w1.selectFrom(lo, hi).reinterpretAsFloats());
        a12 = a12.add(w2.selectFrom(lo, hi).reinterpretAsFloats());
        a13 = w3.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a13);
        lo = IntVector.fromArray(INT, tables, t + 2 * stride);
        hi = IntVector.fromArray(INT, tables, t + 2 * stride + 16);
        a20 = a20.add(w0.selectFrom(lo, hi).reinterpretAsFloats());
        a21 = a21.add(w1.selectFrom(lo, hi).reinterpretAsFloats());
        a22 = a22.add(w2.selectFrom(lo, hi).reinterpretAsFloats());
        a23 = w3.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a23);
        lo = IntVector.fromArray(INT, tables, t + 3 * stride);
        hi = IntVector.fromArray(INT, tables, t + 3 * stride + 16);
        a30 = a30.add(w0.selectFrom(lo, hi).reinterpretAsFloats());
        a31 = a31.add(w1.selectFrom(lo, hi).reinterpretAsFloats());
        a32 = a32.add(w2.selectFrom(lo, hi).reinterpretAsFloats());
        a33 = w3.selectFrom(lo, hi).reinterpretAsFloats().fma(one, a33);
        w0 = w0.lanewise(LSHR, 5);
        w1 = w1.lanewise(LSHR, 5);
        w2 = w2.lanewise(LSHR, 5);
        w3 = w3.lanewise(LSHR, 5);
      }
    }
    a00.intoArray(out, outOffset + b0 * BLOCK);
    a01.intoArray(out, outOffset + b1 * BLOCK);
    a02.intoArray(out, outOffset + b2 * BLOCK);
    a03.intoArray(out, outOffset + b3 * BLOCK);
    a10.intoArray(out, outOffset + outStride + b0 * BLOCK);
    a11.intoArray(out, outOffset + outStride + b1 * BLOCK);
    a12.intoArray(out, outOffset + outStride + b2 * BLOCK);
    a13.intoArray(out, outOffset + outStride + b3 * BLOCK);
    a20.intoArray(out, outOffset + 2 * outStride + b0 * BLOCK);
    a21.intoArray(out, outOffset + 2 * outStride + b1 * BLOCK);
    a22.intoArray(out, outOffset + 2 * outStride + b2 * BLOCK);
    a23.intoArray(out, outOffset + 2 * outStride + b3 * BLOCK);
    a30.intoArray(out, outOffset + 3 * outStride + b0 * BLOCK);
    a31.intoArray(out, outOffset + 3 * outStride + b1 * BLOCK);
    a32.intoArray(out, outOffset + 3 * outStride + b2 * BLOCK);
    a33.intoArray(out, outOffset + 3 * outStride + b3 * BLOCK);
  }

  /** One block by four vectors. */
  private static void multiply1x4(
      int[] signs,
      int signsOffset,
      int words,
      int[] tables,
      float[] out,
      int outOffset,
      int outStride,
      int block) {
    int stride = words * TABLE_SIZE;
    int o = signsOffset + block * words * BLOCK;
    FloatVector a0 = FloatVector.zero(FLOAT);
    FloatVector a1 = FloatVector.zero(FLOAT);
    FloatVector a2 = FloatVector.zero(FLOAT);
    FloatVector a3 = FloatVector.zero(FLOAT);
    for (int i = 0, t = 0; i < words * BLOCK; i += BLOCK) {
      IntVector w = IntVector.fromArray(INT, signs, o + i);
      for (int g = 0; g < GROUPS; g++, t += 2 * BLOCK) {
        IntVector lo = IntVector.fromArray(INT, tables, t);
        IntVector hi = IntVector.fromArray(INT, tables, t + BLOCK);
        a0 = a0.add(w.selectFrom(lo, hi).reinterpretAsFloats());
        lo = IntVector.fromArray(INT, tables, t + stride);
        hi = IntVector.fromArray(INT, tables, t + stride + BLOCK);
        a1 = a1.add(w.selectFrom(lo, hi).reinterpretAsFloats());
        lo = IntVector.fromArray(INT, tables, t + 2 * stride);
        hi = IntVector.fromArray(INT, tables, t + 2 * stride + BLOCK);
        a2 = a2.add(w.selectFrom(lo, hi).reinterpretAsFloats());
        lo = IntVector.fromArray(INT, tables, t + 3 * stride);
        hi = IntVector.fromArray(INT, tables, t + 3 * stride + BLOCK);
        a3 = a3.add(w.selectFrom(lo, hi).reinterpretAsFloats());
        w = w.lanewise(LSHR, INPUTS);
      }
    }
    int to = outOffset + block * BLOCK;
    a0.intoArray(out, to);
    a1.intoArray(out, to + outStride);
    a2.intoArray(out, to + 2 * outStride);
    a3.intoArray(out, to + 3 * outStride);
  }
}
