package dev.whit.constraint;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The spellings of numbers. Their digits are bounded, so that a weak model cannot write digits for
 * ever: 15 of an integer, which a double keeps exactly; of a fraction within bounds 15 in all, so
 * that no rounding to a double moves it over a bound. Where there are bounds, there is no exponent.
 */
final class NumberAutomata {
  private static final String INTEGER = "^(?:0|-?[1-9]\\d{0,14})$";
  private static final String NUMBER =
      "^-?(?:0|[1-9]\\d{0,14})(?:\\.\\d{1,15})?(?:[eE][+-]?\\d{1,2})?$";
  private static final int MOST_DIGITS = 30;
  private static final BigDecimal LARGEST = BigDecimal.TEN.pow(15).subtract(BigDecimal.ONE);

  /**
   * A bound.
   *
   * @param value its value
   * @param strict whether the value itself is out
   */
  record Bound(BigDecimal value, boolean strict) {
    Bound negated() {
      return new Bound(value.negate(), strict);
    }

    /** Whether it lets a number through from below. */
    boolean isBelow(BigDecimal number) {
      int order = value.compareTo(number);
      return order < 0 || (order == 0 && !strict);
    }

    private Bound orZero() {
      return value.signum() < 0 ? new Bound(BigDecimal.ZERO, false) : this;
    }
  }

  private final String path;
  private final CompileBudget budget;

  /**
   * Automata for the schema at a path.
   *
   * @param path for errors
   */
  NumberAutomata(String path, CompileBudget budget) {
    this.path = path;
    this.budget = budget;
  }

  /**
   * Numbers within bounds.
   *
   * @param integers whether they are written without a fraction
   */
  CharAutomaton between(boolean integers, @Nullable Bound lower, @Nullable Bound upper) {
    // A bound beyond what is ever written is none.
    Bound low = lower != null && lower.value().compareTo(LARGEST.negate()) < 0 ? null : lower;
    Bound high = upper != null && upper.value().compareTo(LARGEST) > 0 ? null : upper;
    if (low == null && high == null) {
      return automaton(integers ? INTEGER : NUMBER);
    }
    CharAutomaton numbers = CharAutomaton.words(List.of(), budget);
    if (high == null || high.value().signum() >= 0) {
      Bound least = low == null ? new Bound(BigDecimal.ZERO, false) : low.orZero();
      numbers = numbers.union(magnitudes(integers, least, high), budget);
    }
    if (low == null || low.value().signum() < 0) {
      Bound least =
          high == null || high.value().signum() > 0
              ? new Bound(BigDecimal.ZERO, true)
              : zeroIsOut(high.negated());
      CharAutomaton negative = magnitudes(integers, least, low == null ? null : low.negated());
      numbers = numbers.union(negative.behind('-'), budget);
    }
    return numbers;
  }

  private static Bound zeroIsOut(Bound bound) {
    return bound.value().signum() == 0 ? new Bound(BigDecimal.ZERO, true) : bound;
  }

  /** Numbers that are not negative, from a bound on. */
  private CharAutomaton magnitudes(boolean integers, Bound least, @Nullable Bound most) {
    int digits = Math.max(15, integerDigits(least).length());
    int scale = Math.max(6, Math.max(scale(least), most == null ? 0 : scale(most)));
    if (digits > MOST_DIGITS || scale > MOST_DIGITS) {
      throw new SchemaException(
          path,
          "a bound of a number has more than %d digits before or after its point"
              .formatted(MOST_DIGITS));
    }
    String integer = "(?:0|[1-9]\\d{0,%d})".formatted(digits - 1);
    CharAutomaton form =
        automaton(
            integers
                ? "^" + integer + "$"
                : "^(?:%s|(?:0|[1-9]\\d{0,8})\\.\\d{1,%d})$".formatted(integer, scale));
    CharAutomaton numbers = form.intersect(automaton(atLeast(least)), budget);
    return most == null ? numbers : numbers.intersect(automaton(atMost(most)), budget);
  }

  private CharAutomaton automaton(String pattern) {
    return RegexAutomaton.of(PatternParser.parse(pattern, path), budget);
  }

  private static String integerDigits(Bound bound) {
    return bound.value().toBigInteger().toString();
  }

  private static int scale(Bound bound) {
    return Math.max(0, bound.value().stripTrailingZeros().scale());
  }

  /** Digits behind the point, without zeros at the end. */
  private static String fractionDigits(Bound bound) {
    String plain = bound.value().stripTrailingZeros().toPlainString();
    int point = plain.indexOf('.');
    return point < 0 ? "" : plain.substring(point + 1);
  }

  private static String atLeast(Bound bound) {
    String digits = integerDigits(bound);
    String fraction = fractionDigits(bound);
    List<String> spellings = new ArrayList<>();
    spellings.add("[1-9]\\d{%d,}(?:\\.\\d+)?".formatted(digits.length()));
    for (int i = 0; i < digits.length(); i++) {
      if (digits.charAt(i) < '9') {
        spellings.add(
            "%s[%c-9]\\d{%d}(?:\\.\\d+)?"
                .formatted(digits.substring(0, i), digits.charAt(i) + 1, digits.length() - 1 - i));
      }
    }
    for (int i = 0; i < fraction.length(); i++) {
      if (fraction.charAt(i) < '9') {
        spellings.add(
            "%s\\.%s[%c-9]\\d*"
                .formatted(digits, fraction.substring(0, i), fraction.charAt(i) + 1));
      }
    }
    if (bound.strict()) {
      spellings.add("%s\\.%s\\d*[1-9]\\d*".formatted(digits, fraction));
    } else {
      spellings.add(
          fraction.isEmpty() ? digits + "(?:\\.\\d+)?" : "%s\\.%s\\d*".formatted(digits, fraction));
    }
    return "^(?:" + String.join("|", spellings) + ")$";
  }

  private static String atMost(Bound bound) {
    String digits = integerDigits(bound);
    String fraction = fractionDigits(bound);
    List<String> spellings = new ArrayList<>();
    if (digits.length() > 1) {
      spellings.add("(?:0|[1-9]\\d{0,%d})(?:\\.\\d+)?".formatted(digits.length() - 2));
    }
    for (int i = 0; i < digits.length(); i++) {
      char least = i == 0 && digits.length() > 1 ? '1' : '0';
      if (digits.charAt(i) > least) {
        spellings.add(
            "%s[%c-%c]\\d{%d}(?:\\.\\d+)?"
                .formatted(
                    digits.substring(0, i), least, digits.charAt(i) - 1, digits.length() - 1 - i));
      }
    }
    for (int i = 0; i < fraction.length(); i++) {
      spellings.add(digits + (i == 0 ? "" : "\\." + fraction.substring(0, i)));
      if (fraction.charAt(i) > '0') {
        spellings.add(
            "%s\\.%s[0-%c]\\d*"
                .formatted(digits, fraction.substring(0, i), fraction.charAt(i) - 1));
      }
    }
    if (!bound.strict()) {
      spellings.add(
          fraction.isEmpty() ? digits + "(?:\\.0+)?" : "%s\\.%s0*".formatted(digits, fraction));
    }
    return "^(?:" + String.join("|", spellings) + ")$";
  }
}
