package dev.whit.model.loading;

/** How the output head is kept. */
public enum HeadType {
  /** As the checkpoint has it, mapped. */
  STORED,
  /** Rounded to int8 row by row at load: half the bytes that every step reads of a 16-bit head. */
  INT8
}
