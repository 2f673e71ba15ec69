package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Text.Alignment;
import dev.whit.tokenizer.jinja.Value.Num;
import dev.whit.tokenizer.jinja.Value.Real;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How one value is formatted.
 *
 * @param alignment where it stands, null for the type's own side
 * @param sign what a number that is not negative begins with
 * @param precision digits after the point, or characters of a text; -1 for all
 * @param type s, r, d, x, X, o, b, f or %; 0 for the value's own
 */
record FormatSpec(
    String fill,
    @Nullable Alignment alignment,
    String sign,
    boolean zeros,
    boolean grouped,
    int width,
    int precision,
    char type) {
  private static final Pattern BRACES =
      Pattern.compile(
          "(?:(?<fill>.)?(?<align>[<>^]))?(?<sign>[-+ ])?(?<zero>0)?(?<width>\\d{0,9})(?<comma>,)?"
              + "(?:\\.(?<precision>\\d{1,9}))?(?<type>[sdxXobfF%])?",
          Pattern.DOTALL);

  /** Most digits after the point. */
  private static final int MAX_PRECISION = 1000;

  static FormatSpec ofPercent(Matcher conversion) {
    String flags = conversion.group("flags");
    char type = conversion.group("type").charAt(0);
    return new FormatSpec(
        " ",
        flags.contains("-") ? Alignment.LEFT : Alignment.RIGHT,
        flags.contains("+") ? "+" : flags.contains(" ") ? " " : "",
        flags.contains("0") && !flags.contains("-"),
        false,
        number(conversion.group("width"), 0),
        number(conversion.group("precision"), -1),
        type == 'i' || type == 'u' ? 'd' : type == 'F' ? 'f' : type);
  }

  static FormatSpec ofBraces(String spec) {
    Matcher matcher = BRACES.matcher(spec);
    if (!matcher.matches()) {
      throw new EvaluationException("unsupported format specifier '" + spec + "'");
    }
    String align = matcher.group("align");
    String type = matcher.group("type");
    String sign = matcher.group("sign");
    return new FormatSpec(
        matcher.group("fill") == null ? " " : matcher.group("fill"),
        align == null ? null : alignment(align.charAt(0)),
        sign == null || sign.equals("-") ? "" : sign,
        matcher.group("zero") != null,
        matcher.group("comma") != null,
        number(matcher.group("width"), 0),
        number(matcher.group("precision"), -1),
        type == null ? 0 : type.equals("F") ? 'f' : type.charAt(0));
  }

  String format(Value value, Budget budget) {
    char how = type != 0 ? type : value instanceof Num ? 'n' : 's';
    return switch (how) {
      case 's' -> pad(shorten(Repr.str(value, budget)), Alignment.LEFT, budget);
      case 'r' -> pad(shorten(Repr.repr(value, budget)), Alignment.LEFT, budget);
      case 'n' -> {
        if (precision >= 0) {
          throw new EvaluationException("a precision needs the format type 'f'");
        }
        yield numeric(Repr.str(value, budget), budget);
      }
      case 'd' -> numeric(integerOf(value).toString(), budget);
      case 'x' -> numeric(integerOf(value).toString(16), budget);
      case 'X' -> numeric(Text.upper(integerOf(value).toString(16)), budget);
      case 'o' -> numeric(integerOf(value).toString(8), budget);
      case 'b' -> numeric(integerOf(value).toString(2), budget);
      case 'f' -> numeric(decimal(numberOf(value), 1), budget);
      case '%' -> numeric(decimal(numberOf(value), 100) + "%", budget);
      default -> throw new EvaluationException("unsupported format character '" + how + "'");
    };
  }

  private String numeric(String plain, Budget budget) {
    boolean negative = plain.startsWith("-");
    String lead = negative ? "-" : sign;
    String digits = negative ? plain.substring(1) : plain;
    if (grouped) {
      digits = group(digits);
    }
    if (zeros && alignment != Alignment.LEFT) {
      digits = Text.pad(digits, (long) width - lead.length(), "0", Alignment.RIGHT, budget);
    }
    return pad(lead + digits, Alignment.RIGHT, budget);
  }

  private static String group(String digits) {
    int end = digits.indexOf('.') < 0 ? digits.length() : digits.indexOf('.');
    StringBuilder out = new StringBuilder(digits);
    for (int i = end - 3; i > 0; i -= 3) {
      out.insert(i, ',');
    }
    return out.toString();
  }

  private String pad(String text, Alignment otherwise, Budget budget) {
    if (alignment != Alignment.CENTER) {
      return Text.pad(text, width, fill, alignment == null ? otherwise : alignment, budget);
    }
    // Unlike str.center, the odd one always goes to the right.
    int length = text.codePointCount(0, text.length());
    long before = Math.max(0, width - length) / 2;
    String left = Text.pad(text, length + before, fill, Alignment.RIGHT, budget);
    return Text.pad(left, width, fill, Alignment.LEFT, budget);
  }

  private String shorten(String text) {
    int length = text.codePointCount(0, text.length());
    return precision < 0 || precision >= length
        ? text
        : text.substring(0, text.offsetByCodePoints(0, precision));
  }

  private String decimal(double value, int scale) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Repr.number(value);
    }
    int digits = Math.min(precision < 0 ? 6 : precision, MAX_PRECISION);
    String text =
        new BigDecimal(value * scale).setScale(digits, RoundingMode.HALF_EVEN).toPlainString();
    return value < 0 && !text.startsWith("-") ? "-" + text : text;
  }

  private static double numberOf(Value value) {
    if (value instanceof Num number) {
      return number.toDouble();
    }
    throw new EvaluationException("a number is needed to format, not '" + Types.name(value) + "'");
  }

  private static BigInteger integerOf(Value value) {
    if (value instanceof Real(double real) && !Double.isNaN(real) && !Double.isInfinite(real)) {
      return new BigDecimal(real).toBigInteger();
    }
    if (value instanceof Num number && !(number instanceof Real)) {
      return Arithmetic.integer(number);
    }
    throw new EvaluationException(
        "an integer is needed to format, not '" + Types.name(value) + "'");
  }

  private static Alignment alignment(char align) {
    return switch (align) {
      case '<' -> Alignment.LEFT;
      case '^' -> Alignment.CENTER;
      case '>' -> Alignment.RIGHT;
      default -> throw new IllegalStateException("alignment " + align);
    };
  }

  private static int number(@Nullable String digits, int otherwise) {
    return digits == null || digits.isEmpty() ? otherwise : Integer.parseInt(digits);
  }
}
