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
    boolean[] slides = new boolean[layers];
    boolean on = isOn(config);
    for (int l = 0; l < layers; l++) {
      slides[l] = on && slides(config, l);
    }
    config.texts(TYPES).ifPresent(types -> apply(config, types, on, slides));
    int[] windows = new int[layers];
    for (int l = 0; l < layers; l++) {
      windows[l] = slides[l] ? window(config, l, maxWindow) : 0;
    }
    return windows;
  }

  /** Whether any layer may slide. */
  private boolean isOn(ConfigSection config) {
    return switch (this) {
      case NONE -> false;
      case ALL -> config.has(WINDOW);
      case UPPER -> config.flag("use_sliding_window");
      case ALTERNATE, PATTERN -> true;
    };
  }

  private boolean slides(ConfigSection config, int layer) {
    return switch (this) {
      case NONE -> false;
      case ALL -> true;
      case UPPER ->
          config.has(WINDOW) && layer >= config.wholeNumber("max_window_layers", 0, MAX_PATTERN);
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

  private static int window(ConfigSection config, int layer, int maxWindow) {
    if (!config.has(WINDOW)) {
      throw config.invalid(WINDOW, "is null: needed by layer " + layer + ", which slides");
    }
    return config.positive(WINDOW, maxWindow);
  }

  /** Explicit types decide, in the families whose code reads them; the others must agree. */
  private void apply(ConfigSection config, List<String> types, boolean on, boolean[] slides) {
    if (types.size() != slides.length) {
      throw config.invalid(
          TYPES, "has %d entries for %d layers".formatted(types.size(), slides.length));
    }
    for (int l = 0; l < slides.length; l++) {
      String type = types.get(l);
      if (!type.equals(SLIDING) && !type.equals(FULL)) {
        throw config.invalid(
            TYPES + "[" + l + "]",
            "is %s: not supported; supported are %s and %s".formatted(type, SLIDING, FULL));
      }
      boolean sliding = type.equals(SLIDING);
      switch (this) {
        case NONE, ALL -> {
          if (sliding != slides[l]) {
            throw config.invalid(
                TYPES + "[" + l + "]",
                "is %s: not supported by this family, all layers are %s"
                    .formatted(type, slides[l] ? SLIDING : FULL));
          }
        }
        case UPPER, ALTERNATE, PATTERN -> slides[l] = sliding && on;
      }
    }
  }
}
