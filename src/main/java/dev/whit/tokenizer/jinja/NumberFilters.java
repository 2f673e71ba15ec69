package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Arguments.Bound;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.Num;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Filters that make or change numbers. */
final class NumberFilters {
  private static final Pattern FLOAT =
      Pattern.compile(
          "[-+]?(?:\\d++(?:_\\d++)*+(?:\\.(?:\\d++(?:_\\d++)*+)?)?|\\.\\d++(?:_\\d++)*+)(?:[eE][-+]?\\d++)?");

  /** Longest text that is read as an integer, as in Python. */
  private static final int MAX_DIGITS = 4300;

  private NumberFilters() {}

  static Value abs(Value value, Arguments arguments, Budget budget) {
    arguments.bind("abs");
    return switch (value) {
      case Real(double real) -> new Real(Math.abs(real));
      case Num number -> new Int(Arithmetic.integer(number).abs());
      case Undefined missing -> throw missing.failure();
      default ->
          throw new EvaluationException("bad operand type for abs(): '" + Types.name(value) + "'");
    };
  }

  static Value toFloat(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("float", "default");
    Double number = real(value);
    return number == null ? bound.or("default", new Real(0)) : new Real(number);
  }

  static Value toInteger(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("int", "default", "base");
    if (value instanceof Str(String text)) {
      budget.text(text.length());
      BigInteger parsed = parse(text, bound.integer("base", 10));
      if (parsed != null) {
        return new Int(parsed);
      }
    } else if (value instanceof Num number && !(number instanceof Real)) {
      return new Int(Arithmetic.integer(number));
    }
    Double number = real(value);
    if (number == null || number.isNaN() || number.isInfinite()) {
      return bound.or("default", Int.of(0));
    }
    return new Int(new BigDecimal(number).toBigInteger());
  }

  /** Rounds to digits after the point, half to even as Python does it. */
  static Value round(Value value, Arguments arguments, Budget budget) {
    Bound bound = arguments.bind("round", "precision", "method");
    int precision = Math.clamp(bound.integer("precision", 0), -400, 400);
    RoundingMode mode =
        switch (bound.text("method", "common")) {
          case "common" -> RoundingMode.HALF_EVEN;
          case "ceil" -> RoundingMode.CEILING;
          case "floor" -> RoundingMode.FLOOR;
          default -> throw new EvaluationException("method must be common, ceil or floor");
        };
    if (!(value instanceof Num number)) {
      if (value instanceof Undefined missing) {
        throw missing.failure();
      }
      throw new EvaluationException("cannot round a '" + Types.name(value) + "'");
    }
    if (value instanceof Real || mode != RoundingMode.HALF_EVEN) {
      return new Real(round(number.toDouble(), precision, mode));
    }
    BigDecimal exact = new BigDecimal(Arithmetic.integer(number));
    return new Int(exact.setScale(Math.min(precision, 0), mode).toBigInteger());
  }

  private static double round(double value, int precision, RoundingMode mode) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    if (mode == RoundingMode.HALF_EVEN) {
      double rounded = new BigDecimal(value).setScale(precision, mode).doubleValue();
      return Math.copySign(rounded, value);
    }
    double scale = Math.pow(10, precision);
    return (mode == RoundingMode.CEILING ? Math.ceil(value * scale) : Math.floor(value * scale))
        / scale;
  }

  /** {@code float(value)}, or null when Python would refuse. */
  private static @Nullable Double real(Value value) {
    return switch (value) {
      case Num number -> number.toDouble();
      case Str(String text) -> {
        String digits = Text.strip(text, null, true, true);
        yield switch (Text.lower(digits)) {
          case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
          case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
          case "nan", "+nan", "-nan" -> Double.NaN;
          default ->
              FLOAT.matcher(digits).matches() ? Double.valueOf(digits.replace("_", "")) : null;
        };
      }
      case Undefined missing -> throw missing.failure();
      default -> null;
    };
  }

  private static @Nullable BigInteger parse(String text, int base) {
    String digits = Text.strip(text, null, true, true);
    String prefix =
        switch (base) {
          case 16 -> "0[xX]_?";
          case 8 -> "0[oO]_?";
          case 2 -> "0[bB]_?";
          default -> null;
        };
    if (prefix != null) {
      digits = digits.replaceFirst("^([-+]?)" + prefix, "$1");
    }
    boolean grouped = digits.matches("[-+]?[^_]++(_[^_]++)*+");
    if (base < 2 || base > 36 || digits.length() > MAX_DIGITS || !grouped) {
      return null;
    }
    try {
      return new BigInteger(digits.replace("_", ""), base);
    } catch (NumberFormatException _) {
      return null;
    }
  }
}
