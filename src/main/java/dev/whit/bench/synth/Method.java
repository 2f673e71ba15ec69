package dev.whit.bench.synth;

/** How the linear layers are stored. */
public enum Method {
  /** LittleBit with its residual path, packed. */
  LITTLEBIT,
  /** NanoQuant without scales between the factors, packed. */
  NANOQUANT,
  /** 16-bit floats. */
  DENSE
}
