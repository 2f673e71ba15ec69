package dev.whit.model.loading;

import java.util.List;

/** Which layers of a family attend through a sliding window, where no {@code layer_types} says. */
enum SlidingRule {
  /** None, whatever {@code sliding_window} says. */
  NONE,
  /** All, when there is a {@code sliding_window}. */
  ALL,
  /** From {@code max_window_layers} on, only with {@code use_sliding_window}. */
  UPPER,
  /** Every other layer, the first included. */
  ALTERNATE,
  /** All but every sixth, or every {@code sliding_window_pattern}-th. */
  PATTERN;

  private static final String TYPES = "layer_types";
  private static final String WINDOW = "sliding_window";
  private static final String SLIDING = "sliding_attention";
  private static final String FULL = "full_attention";
  private static final int MAX_PATTERN = 1 << 20;

  /**
   * The window of each layer in tokens; 0 is none.
   *
   * @param maxWindow largest window there can be
   */
  int[] windows(ConfigSection config, int layers, int maxWindow) {
    int[] windows = new int[layers];
    boolean slides = this != NONE && (this != UPPER || config.flag("use_sliding_window"));
    if (slides && config.has(WINDOW)) {
      int window = config.positive(WINDOW, maxWindow);
      for (int l = 0; l < layers; l++) {
        windows[l] = slides(config, l) ? window : 0;
      }
    }
    config.texts(TYPES).ifPresent(types -> apply(config, types, windows));
    return windows;
  }

  private boolean slides(ConfigSection config, int layer) {
    return switch (this) {
      case NONE -> false;
      case ALL -> true;
      case UPPER -> layer >= config.wholeNumber("max_window_layers", 0, MAX_PATTERN);
      case ALTERNATE -> layer % 2 == 0;
      case PATTERN -> (layer + 1) % pattern(config) != 0;
    };
  }

  private static int pattern(ConfigSection config) {
    for (String key : List.of("sliding_window_pattern", "_sliding_window_pattern")) {
      if (config.has(key)) {
        return config.positive(key, MAX_PATTERN);
      }
    }
    return 6;
  }

  /** Explicit types decide, in the families whose code reads them; the others must agree. */
  private void apply(ConfigSection config, List<String> types, int[] windows) {
    if (types.size() != windows.length) {
      throw config.invalid(
          TYPES, "has %d entries for %d layers".formatted(types.size(), windows.length));
    }
    boolean on = this != UPPER || config.flag("use_sliding_window");
    for (int l = 0; l < windows.length; l++) {
      String type = types.get(l);
      if (!type.equals(SLIDING) && !type.equals(FULL)) {
        throw config.invalid(
            TYPES + "[" + l + "]",
            "is %s: not supported; supported are %s and %s".formatted(type, SLIDING, FULL));
      }
      switch (this) {
        case NONE, ALL -> {
          if (type.equals(SLIDING) != windows[l] > 0) {
            throw config.invalid(
                TYPES + "[" + l + "]",
                "is %s: not supported by this family, all layers are %s"
                    .formatted(type, windows[l] > 0 ? SLIDING : FULL));
          }
        }
        case UPPER, ALTERNATE, PATTERN -> {
          boolean slides = type.equals(SLIDING) && on;
          if (slides && !config.has(WINDOW)) {
            throw config.invalid(WINDOW, "is null: needed by " + TYPES + "[" + l + "], " + SLIDING);
          }
          windows[l] = slides ? config.positive(WINDOW, 1 << 28) : 0;
        }
      }
    }
  }
}
