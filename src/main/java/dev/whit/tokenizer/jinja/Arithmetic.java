package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.Num;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python's arithmetic operators, on sequences too. */
final class Arithmetic {
  /** Integers beyond this are refused: no template counts so far, and powers would never end. */
  private static final int MAX_BITS = 1 << 14;

  /** An operator of two operands. */
  enum Operator {
    ADD("+"),
    SUBTRACT("-"),
    MULTIPLY("*"),
    DIVIDE("/"),
    FLOOR_DIVIDE("//"),
    MODULO("%"),
    POWER("**");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }
  }

  private Arithmetic() {}

  static Value apply(Operator operator, Value left, Value right, Budget budget) {
    if (left instanceof Num a && right instanceof Num b) {
      return a instanceof Real || b instanceof Real
          ? new Real(floats(operator, a.toDouble(), b.toDouble()))
          : integers(operator, integer(a), integer(b));
    }
    if (left instanceof Str(String format) && operator == Operator.MODULO) {
      return new Str(Formatting.percent(format, right, budget));
    }
    if (left instanceof Undefined missing) {
      throw missing.failure();
    }
    if (right instanceof Undefined missing) {
      throw missing.failure();
    }
    if (operator == Operator.MULTIPLY && right instanceof Num count && !(right instanceof Real)) {
      return repeat(left, integer(count), budget);
    }
    if (operator == Operator.MULTIPLY && left instanceof Num count && !(left instanceof Real)) {
      return repeat(right, integer(count), budget);
    }
    if (operator == Operator.ADD) {
      return concatenate(left, right, budget);
    }
    throw unsupported(operator, left, right);
  }

  static Value negate(Value operand) {
    return switch (operand) {
      case Real(double value) -> new Real(-value);
      case Num number -> new Int(integer(number).negate());
      case Undefined missing -> throw missing.failure();
      default -> throw new EvaluationException("bad operand type for unary -: " + quoted(operand));
    };
  }

  static Value plus(Value operand) {
    return switch (operand) {
      case Real real -> real;
      case Num number -> new Int(integer(number));
      case Undefined missing -> throw missing.failure();
      default -> throw new EvaluationException("bad operand type for unary +: " + quoted(operand));
    };
  }

  /** The integer that a bool or an int is. */
  static BigInteger integer(Num number) {
    return switch (number) {
      case Bool(boolean value) -> value ? BigInteger.ONE : BigInteger.ZERO;
      case Int(BigInteger value) -> value;
      case Real _ -> throw new EvaluationException("'float' object is not an integer");
    };
  }

  private static Value integers(Operator operator, BigInteger a, BigInteger b) {
    return switch (operator) {
      case ADD -> bounded(a.add(b));
      case SUBTRACT -> bounded(a.subtract(b));
      case MULTIPLY -> bounded(a.multiply(b));
      case DIVIDE -> new Real(quotient(a, nonZero(b)));
      case FLOOR_DIVIDE -> {
        BigInteger[] parts = a.divideAndRemainder(nonZero(b));
        boolean below = parts[1].signum() != 0 && parts[1].signum() != b.signum();
        yield new Int(below ? parts[0].subtract(BigInteger.ONE) : parts[0]);
      }
      case MODULO -> {
        BigInteger remainder = a.remainder(nonZero(b));
        boolean below = remainder.signum() != 0 && remainder.signum() != b.signum();
        yield new Int(below ? remainder.add(b) : remainder);
      }
      case POWER -> power(a, b);
    };
  }

  /** The double nearest to the quotient, where dividing doubles would round three times. */
  private static double quotient(BigInteger a, BigInteger b) {
    return a.bitLength() <= 53 && b.bitLength() <= 53
        ? a.doubleValue() / b.doubleValue()
        : new BigDecimal(a).divide(new BigDecimal(b), MathContext.DECIMAL128).doubleValue();
  }

  private static double power(double base, double exponent) {
    double power = Math.pow(base, exponent);
    boolean finite = Double.isFinite(base) && Double.isFinite(exponent);
    if (finite && !Double.isFinite(power)) {
      throw new EvaluationException("the power is not a float");
    }
    return power;
  }

  private static Value power(BigInteger base, BigInteger exponent) {
    if (exponent.signum() < 0) {
      nonZero(base);
      return new Real(power(base.doubleValue(), exponent.doubleValue()));
    }
    if (base.abs().bitLength() <= 1) { // 0, 1 and -1 stay as small whatever the exponent
      return new Int(
          exponent.signum() == 0 ? BigInteger.ONE : exponent.testBit(0) ? base : base.abs());
    }
    if (exponent.bitLength() > 15
        || (base.abs().bitLength() - 1L) * exponent.longValue() > MAX_BITS) {
      throw tooLarge();
    }
    return bounded(base.pow(exponent.intValue()));
  }

  private static Int bounded(BigInteger value) {
    if (value.bitLength() > MAX_BITS) {
      throw tooLarge();
    }
    return new Int(value);
  }

  private static EvaluationException tooLarge() {
    return new EvaluationException("an integer of more than " + MAX_BITS + " bits");
  }

  private static BigInteger nonZero(BigInteger divisor) {
    if (divisor.signum() == 0) {
      throw new EvaluationException("division by zero");
    }
    return divisor;
  }

  private static double floats(Operator operator, double a, double b) {
    return switch (operator) {
      case ADD -> a + b;
      case SUBTRACT -> a - b;
      case MULTIPLY -> a * b;
      case DIVIDE -> a / nonZero(b);
      case FLOOR_DIVIDE -> Math.floor((a - modulo(a, nonZero(b))) / b + 0.5);
      case MODULO -> modulo(a, nonZero(b));
      case POWER -> power(a, b);
    };
  }

  private static double nonZero(double divisor) {
    if (divisor == 0) {
      throw new EvaluationException("float division by zero");
    }
    return divisor;
  }

  /** The remainder has the divisor's sign. */
  private static double modulo(double a, double b) {
    double remainder = a % b;
    if (remainder == 0) {
      return Math.copySign(0, b);
    }
    return remainder < 0 != b < 0 ? remainder + b : remainder;
  }

  private static Value concatenate(Value left, Value right, Budget budget) {
    if (left instanceof Str(String a) && right instanceof Str(String b)) {
      budget.text((long) a.length() + b.length());
      return new Str(a.concat(b));
    }
    if (left instanceof Sequence a && right instanceof Sequence b && a.getClass() == b.getClass()) {
      budget.elements((long) a.items().size() + b.items().size());
      List<Value> items = new ArrayList<>(a.items());
      items.addAll(b.items());
      return a.with(items);
    }
    if (left instanceof Str) {
      throw new EvaluationException(
          "can only concatenate str (not \"" + Types.name(right) + "\") to str");
    }
    throw unsupported(Operator.ADD, left, right);
  }

  private static Value repeat(Value value, BigInteger count, Budget budget) {
    if (count.bitLength() > 63) {
      throw new EvaluationException("cannot fit 'int' into an index-sized integer");
    }
    int times = Math.clamp(count.longValue(), 0, Integer.MAX_VALUE);
    return switch (value) {
      case Str(String text) -> {
        budget.text((long) text.length() * times);
        yield new Str(text.repeat(times));
      }
      case Sequence sequence -> {
        budget.elements((long) sequence.items().size() * times);
        List<Value> items = new ArrayList<>();
        Collections.nCopies(sequence.items().isEmpty() ? 0 : times, sequence.items())
            .forEach(items::addAll);
        yield sequence.with(items);
      }
      default -> throw unsupported(Operator.MULTIPLY, value, new Int(count));
    };
  }

  private static EvaluationException unsupported(Operator operator, Value left, Value right) {
    return new EvaluationException(
        "unsupported operand type(s) for %s: %s and %s"
            .formatted(operator.symbol, quoted(left), quoted(right)));
  }

  private static String quoted(Value value) {
    return "'" + Types.name(value) + "'";
  }
}
