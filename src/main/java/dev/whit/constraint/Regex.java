package dev.whit.constraint;

import java.util.List;

/** A regular expression in the strict sense, as a tree. */
sealed interface Regex {
  /** The empty string. */
  Regex EMPTY = new Concatenation(List.of());

  /** One character of a set. */
  record Chars(CharSet set) implements Regex {}

  /** One after the other. */
  record Concatenation(List<Regex> parts) implements Regex {}

  /** One of several. */
  record Alternation(List<Regex> parts) implements Regex {}

  /** A number of times; a negative {@code max} is without limit. */
  record Repetition(Regex part, int min, int max) implements Regex {}
}
