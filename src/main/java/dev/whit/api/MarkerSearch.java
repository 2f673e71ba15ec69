package dev.whit.api;

/** Looks for one marker in a text that comes in pieces. One thread at a time. */
final class MarkerSearch {
  private final String marker;
  private final StringBuilder held = new StringBuilder();
  private boolean found;
  private String space = "";

  MarkerSearch(String marker) {
    this.marker = marker;
  }

  /**
   * Adds a piece; returns what is certain to come before the marker. White space before what may be
   * the marker is held back too: it is no part of the text that the marker ends.
   */
  String add(String piece) {
    held.append(piece);
    int at = held.indexOf(marker);
    found = at >= 0;
    int end = found ? at : held.length() - beginning();
    while (end > 0 && Character.isWhitespace(held.charAt(end - 1))) {
      end--;
    }
    String certain = held.substring(0, end);
    if (found) {
      space = held.substring(end, at);
    }
    held.delete(0, found ? at + marker.length() : end);
    return certain;
  }

  /** The white space before the marker that has come. */
  String space() {
    return space;
  }

  /** Whether the marker has come. */
  boolean found() {
    return found;
  }

  /** What has come that has not been returned: behind the marker, if there was one. */
  String rest() {
    String rest = held.toString();
    held.setLength(0);
    return rest;
  }

  /** Length of the longest end of the held text that the marker begins with. */
  private int beginning() {
    for (int n = Math.min(marker.length() - 1, held.length()); n > 0; n--) {
      if (marker.startsWith(held.substring(held.length() - n))) {
        return n;
      }
    }
    return 0;
  }
}
