package dev.whit.it;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a scrape in Prometheus' text format says.
 *
 * @param types type of each metric, by the name without {@code _bucket}, {@code _sum}, {@code
 *     _count}
 * @param samples every line that is no comment
 */
record ScrapedMetrics(Map<String, String> types, List<Sample> samples) {
  private static final Pattern SAMPLE =
      Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)\\})? (\\S+)");
  private static final Pattern LABEL =
      Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");

  /** A line: a name, its labels and a value. */
  record Sample(String name, Map<String, String> labels, double value) {}

  static ScrapedMetrics parse(String text) {
    Map<String, String> types = new HashMap<>();
    List<Sample> samples = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("# TYPE ")) {
        String[] words = line.split(" ");
        types.put(words[2], words[3]);
      } else if (!line.startsWith("#")) {
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
          throw new AssertionError("not a sample: " + line);
        }
        samples.add(
            new Sample(
                sample.group(1),
                labels(sample.group(2) == null ? "" : sample.group(2)),
                Double.parseDouble(sample.group(3).replace("Inf", "Infinity"))));
      }
    }
    return new ScrapedMetrics(types, samples);
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    Matcher label = LABEL.matcher(text);
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    return labels;
  }

  /** Samples of a name with these labels, among others: name, value, name, value … */
  List<Sample> find(String name, String... labels) {
    return samples.stream()
        .filter(sample -> sample.name().equals(name))
        .filter(sample -> {
          for (int i = 0; i < labels.length; i += 2) {
            if (!labels[i + 1].equals(sample.labels().get(labels[i]))) {
              return false;
            }
          }
          return true;
        })
        .toList();
  }

  /** Value of the only sample of a name with these labels, 0 if there is none yet. */
  double value(String name, String... labels) {
    List<Sample> found = find(name, labels);
    if (found.size() > 1) {
      throw new AssertionError("more than one: " + found);
    }
    return found.isEmpty() ? 0 : found.getFirst().value();
  }

  /** Cumulative counts of a histogram of one model by the upper bounds of its buckets. */
  Map<Double, Double> buckets(String name, String model) {
    Map<Double, Double> buckets = new LinkedHashMap<>();
    for (Sample sample : find(name + "_bucket", "model_name", model)) {
      String bound = sample.labels().get("le").replace("Inf", "Infinity");
      buckets.put(Double.valueOf(bound), sample.value());
    }
    return buckets;
  }

  /** Names of the labels that a name has, on any of its samples. */
  Set<String> labelNames(String name) {
    Set<String> names = new HashSet<>();
    find(name).forEach(sample -> names.addAll(sample.labels().keySet()));
    return names;
  }
}
