package dev.whit.rest;

import java.util.List;

/**
 * What is open without an API key, and to whom, and whether it is logged.
 *
 * @param origins origins whose pages may read replies, * for any; none by default
 * @param metricsPath where metrics are
 * @param publicMetrics whether metrics need no key
 * @param log whether each exchange has a line in the log
 */
public record AccessRules(
    List<String> origins, String metricsPath, boolean publicMetrics, boolean log) {
  public AccessRules {
    origins = List.copyOf(origins);
  }
}
