package dev.whit.api;

import java.util.List;

/**
 * Looks for stop texts in a text that comes in pieces, and holds back what may be the beginning of
 * one. One thread at a time.
 */
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean matched;

  StopStrings(List<String> stops) {
    this.stops = stops;
  }

  /**
   * Adds a piece; returns what is certain not to belong to a stop text. After a match that is what
   * came before it, and nothing is taken any more.
   */
  String add(String piece) {
    if (matched) {
      return "";
    }
    held.append(piece);
    int match = firstMatch();
    matched = match >= 0;
    int certain = matched ? match : held.length() - longestBeginning();
    String text = held.substring(0, certain);
    held.delete(0, matched ? held.length() : certain);
    return text;
  }

  /** The text has ended: returns what was held back. */
  String finish() {
    String text = held.toString();
    held.setLength(0);
    return text;
  }

  /** Whether a stop text has been met. */
  boolean matched() {
    return matched;
  }

  private int firstMatch() {
    int first = -1;
    for (String stop : stops) {
      int at = held.indexOf(stop);
      if (at >= 0 && (first < 0 || at < first)) {
        first = at;
      }
    }
    return first;
  }

  /** Length of the longest end of the held text that a stop text begins with. */
  private int longestBeginning() {
    String text = held.toString();
    int longest = 0;
    for (String stop : stops) {
      for (int n = Math.min(stop.length() - 1, text.length()); n > longest; n--) {
        if (text.regionMatches(text.length() - n, stop, 0, n)) {
          longest = n;
        }
      }
    }
    return longest;
  }
}
