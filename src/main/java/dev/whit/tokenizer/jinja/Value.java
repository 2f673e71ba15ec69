package dev.whit.tokenizer.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A Python value as templates see it. {@code equals} is Python's {@code ==}, so {@code 1}, {@code
 * 1.0} and {@code True} are one dictionary key. Nothing but a {@link Namespace}, a {@link Loop} and
 * a {@link Generator} ever changes.
 */
sealed interface Value
    permits Value.Undefined,
        Value.None,
        Value.Num,
        Value.Str,
        Value.Range,
        Value.DictView,
        Value.Generator,
        Value.Function,
        Sequence,
        Dict,
        Namespace,
        Loop {

  /** About how many characters the value takes when written out: what comparing it costs. */
  default long weight() {
    return 6;
  }

  /** Levels of lists, tuples and dictionaries inside: 0 for a scalar. */
  default int depth() {
    return 0;
  }

  /** What a missing variable, attribute or item gives. Printable, but nothing can be done to it. */
  record Undefined(String reason) implements Value {
    static Undefined variable(String name) {
      return new Undefined("'" + name + "' is undefined");
    }

    EvaluationException failure() {
      return new EvaluationException(reason);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Undefined;
    }

    @Override
    public int hashCode() {
      return 0;
    }
  }

  /** Python's None. */
  enum None implements Value {
    NONE
  }

  /** A number; in Python a bool is one. */
  sealed interface Num extends Value permits Bool, Int, Real {
    /** The value as a double, infinite when too large. */
    double toDouble();

    /** Whether two numbers are equal, exactly: no rounding of large integers to doubles. */
    static boolean same(Num a, Num b) {
      return !isNaN(a) && !isNaN(b) && compare(a, b) == 0;
    }

    /** Orders two numbers, neither of which is NaN. */
    static int compare(Num a, Num b) {
      if (isInfinite(a) || isInfinite(b)) {
        return Double.compare(a.toDouble(), b.toDouble());
      }
      return exact(a).compareTo(exact(b));
    }

    static boolean isNaN(Num number) {
      return number instanceof Real(double value) && Double.isNaN(value);
    }

    private static boolean isInfinite(Num number) {
      return number instanceof Real(double value) && Double.isInfinite(value);
    }

    private static BigDecimal exact(Num number) {
      return switch (number) {
        case Bool(boolean value) -> value ? BigDecimal.ONE : BigDecimal.ZERO;
        case Int(BigInteger value) -> new BigDecimal(value);
        case Real(double value) -> new BigDecimal(value);
      };
    }

    private static int hash(Num number) {
      double value = number.toDouble();
      return Double.hashCode(value == 0 ? 0 : value);
    }
  }

  /** Python's True and False. */
  record Bool(boolean value) implements Num {
    static final Bool TRUE = new Bool(true);
    static final Bool FALSE = new Bool(false);

    static Bool of(boolean value) {
      return value ? TRUE : FALSE;
    }

    @Override
    public double toDouble() {
      return value ? 1 : 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Num number && Num.same(this, number);
    }

    @Override
    public int hashCode() {
      return Num.hash(this);
    }
  }

  /** An integer of any size. */
  record Int(BigInteger value) implements Num {
    static Int of(long value) {
      return new Int(BigInteger.valueOf(value));
    }

    @Override
    public long weight() {
      return 6 + value.bitLength() / 3L;
    }

    @Override
    public double toDouble() {
      return value.doubleValue();
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Num number && Num.same(this, number);
    }

    @Override
    public int hashCode() {
      return Num.hash(this);
    }
  }

  /** A float. */
  record Real(double value) implements Num {
    @Override
    public long weight() {
      return 24;
    }

    @Override
    public double toDouble() {
      return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Num number && Num.same(this, number);
    }

    @Override
    public int hashCode() {
      return Num.hash(this);
    }
  }

  /** A string; to a template it is a sequence of code points, and they are what orders strings. */
  record Str(String value) implements Value, Comparable<Str> {
    static final Str EMPTY = new Str("");

    @Override
    public long weight() {
      return value.length() + 1L;
    }

    @Override
    public int compareTo(Str other) {
      int common = Math.min(value.length(), other.value.length());
      for (int i = 0; i < common; i++) {
        char a = value.charAt(i);
        char b = other.value.charAt(i);
        if (a != b) {
          return Integer.compare(rank(a), rank(b));
        }
      }
      return Integer.compare(value.length(), other.value.length());
    }

    /** Surrogates stand for code points beyond all other chars. */
    private static int rank(char unit) {
      return Character.isSurrogate(unit) ? unit + 0x10000 : unit;
    }
  }

  /** {@code range(start, stop, step)}, step not 0. */
  record Range(long start, long stop, long step) implements Value {
    long size() {
      long span = step > 0 ? stop - start : start - stop;
      return span <= 0 ? 0 : (span + Math.abs(step) - 1) / Math.abs(step);
    }

    Int at(long index) {
      return Int.of(start + index * step);
    }
  }

  /** What {@code keys()}, {@code values()} and {@code items()} of a dictionary give. */
  record DictView(Kind kind, Dict dict) implements Value {
    enum Kind {
      KEYS,
      VALUES,
      ITEMS
    }

    @Override
    public long weight() {
      return dict.weight();
    }

    @Override
    public int depth() {
      return dict.depth() + 1;
    }
  }

  /** What can be iterated once, as {@code map} and {@code select} give. */
  record Generator(Iterator<Value> items) implements Value {}

  /** Something to call: a macro, a global function, or a method bound to its object. */
  record Function(String name, Body body) implements Value {
    /** What the call does. */
    @FunctionalInterface
    interface Body {
      Value call(Arguments arguments);
    }
  }
}
