package dev.whit.constraint;

import java.util.Map;
import java.util.TreeSet;

/**
 * {@code format} as patterns: of each format a part that every validator takes, and that is long
 * enough to be of use (no 29th of February, no IPv6 address in short form).
 */
final class Formats {
  private static final String DATE =
      "[1-9]\\d{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])"
          + "|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))";
  private static final String TIME =
      "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?(?:Z|(?:\\+(?:0\\d|1[0-3])|-(?:0[1-9]|1[0-3])):[0-5]\\d)";
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
  private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,20}[a-z0-9])?";
  private static final String HOST = LABEL + "(?:\\." + LABEL + "){0,3}\\.[a-z]{2,6}";

  // Validators know the list of top-level domains, as it was when they were made.
  private static final String MAIL_DOMAIN =
      LABEL
          + "(?:\\."
          + LABEL
          + "){0,3}\\.(?:com|org|net|edu|gov|info|biz|io|dev|app|ai|co|eu|uk|de|fr|it|es|pt|nl|be"
          + "|ch|at|pl|cz|se|no|fi|dk|ie|gr|tr|ru|ua|cn|jp|kr|tw|in|sg|id|au|nz|ca|us|br|mx|ar|cl|za)";
  private static final String DURATION =
      "P(?:[1-9]\\d{0,3}[YMWD]|(?:[1-9]\\d{0,3}D)?T[1-9]\\d{0,3}[HMS])";

  private static final Map<String, String> PATTERNS =
      Map.of(
          "date",
          DATE,
          "time",
          TIME,
          "date-time",
          DATE + "T" + TIME,
          "duration",
          DURATION,
          "uuid",
          "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
          "email",
          "[A-Za-z0-9](?:[A-Za-z0-9_+-]{0,30}[A-Za-z0-9])?@" + MAIL_DOMAIN,
          "hostname",
          LABEL + "(?:\\." + LABEL + "){0,4}",
          "ipv4",
          BYTE + "(?:\\." + BYTE + "){3}",
          "ipv6",
          "[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){7}",
          "uri",
          "https?://" + HOST + "(?:/[A-Za-z0-9._~-]{0,40}){0,8}");

  private Formats() {}

  /**
   * The strings of a format.
   *
   * @param path the schema's, for errors
   * @throws SchemaException if it is none of those that are known
   */
  static CharAutomaton automaton(String format, String path, CompileBudget budget) {
    String pattern = PATTERNS.get(format);
    if (pattern == null) {
      throw new SchemaException(
          path,
          "format %s is not supported; supported are %s"
              .formatted(format, String.join(", ", new TreeSet<>(PATTERNS.keySet()))));
    }
    return RegexAutomaton.of(PatternParser.parse("^(?:" + pattern + ")$", path), budget);
  }
}
