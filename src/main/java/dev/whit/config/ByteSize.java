package dev.whit.config;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of bytes as people write it: {@code 8GiB}, {@code 1.5G}, {@code 500MB}, {@code 4096}.
 */
public record ByteSize(long bytes) {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,18}(?:\\.\\d{1,9})?) ?([KMGT]?)(I?)(B?)");
  private static final String UNITS = "KMGT";
  private static final double MIB = 1 << 20;

  public ByteSize {
    if (bytes < 0) {
      throw new IllegalArgumentException(bytes + " bytes");
    }
  }

  /**
   * Parses a size. K, M, G, T and KiB, MiB, … count in 1024s, KB, MB, … in 1000s.
   *
   * @throws IllegalArgumentException saying what is accepted
   */
  public static ByteSize of(String text) {
    Matcher form = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
    // "8i" and "8iB" are no sizes.
    if (!form.matches() || (form.group(2).isEmpty() && !form.group(3).isEmpty())) {
      throw invalid();
    }
    boolean decimal = form.group(3).isEmpty() && !form.group(4).isEmpty();
    BigDecimal unit =
        BigDecimal.valueOf(decimal ? 1000 : 1024)
            .pow(form.group(2).isEmpty() ? 0 : UNITS.indexOf(form.group(2)) + 1);
    try {
      return new ByteSize(
          new BigDecimal(form.group(1))
              .multiply(unit)
              .setScale(0, RoundingMode.DOWN)
              .longValueExact());
    } catch (ArithmeticException e) {
      throw invalid();
    }
  }

  private static IllegalArgumentException invalid() {
    return new IllegalArgumentException("not a size in bytes such as 8GiB, 500MB or 1.5G");
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / MIB);
  }
}
