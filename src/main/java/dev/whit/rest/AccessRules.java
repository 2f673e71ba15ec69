package dev.whit.rest;

import java.util.List;

/**
 * What is open without an API key, and to whom.
 *
 * @param origins origins whose pages may read replies, * for any; none by default
 * @param metricsPath where metrics are
 * @param publicMetrics whether metrics need no key
 */
public record AccessRules(List<String> origins, String metricsPath, boolean publicMetrics) {
  public AccessRules {
    origins = List.copyOf(origins);
  }
}
