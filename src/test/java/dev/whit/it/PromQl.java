package dev.whit.it;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an expression of PromQL refers to.
 *
 * @param selectors metrics with the labels that they are matched by
 * @param grouping labels that it groups by
 */
record PromQl(List<Selector> selectors, Set<String> grouping) {
  private static final Pattern GROUPING =
      Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
  private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*\\]");
  private static final Pattern SELECTOR =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*(?:\\{([^}]*)\\})?(\\s*\\()?");
  private static final Pattern MATCHER =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)\\s*(=~|!~|!=|=)\\s*\"([^\"]*)\"");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "offset", "group_left", "group_right");

  /** A metric with matchers by label: the operator and the value. */
  record Selector(String name, Map<String, String> matchers) {}

  static PromQl parse(String expression) {
    Set<String> grouping = new TreeSet<>();
    Matcher group = GROUPING.matcher(expression);
    while (group.find()) {
      for (String label : group.group(1).split(",")) {
        grouping.add(label.strip());
      }
    }
    String rest = RANGE.matcher(GROUPING.matcher(expression).replaceAll(" ")).replaceAll(" ");
    List<Selector> selectors = new ArrayList<>();
    Matcher selector = SELECTOR.matcher(rest);
    while (selector.find()) {
      boolean function = selector.group(3) != null || aggregates(rest, selector.end());
      if (!function && !WORDS.contains(selector.group(1))) {
        selectors.add(new Selector(selector.group(1), matchers(selector.group(2))));
      }
    }
    return new PromQl(selectors, grouping);
  }

  /** {@code sum by (…) (…)}: what was taken out stands between the word and its argument. */
  private static boolean aggregates(String text, int end) {
    return text.substring(end).stripLeading().startsWith("(");
  }

  private static Map<String, String> matchers(String text) {
    Map<String, String> matchers = new LinkedHashMap<>();
    if (text != null) {
      Matcher matcher = MATCHER.matcher(text);
      while (matcher.find()) {
        matchers.put(matcher.group(1), matcher.group(2) + matcher.group(3));
      }
    }
    return matchers;
  }
}
