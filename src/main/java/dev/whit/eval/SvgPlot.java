package dev.whit.eval;

import java.util.List;
import java.util.Locale;

/** Lines over 0, 1, 2, … as an SVG picture. */
final class SvgPlot {
  private static final int WIDTH = 720;
  private static final int HEIGHT = 240;
  private static final int LEFT = 60;
  private static final int BOTTOM = 36;
  private static final int TOP = 24;
  private static final int TICKS = 4;

  /** Values of one line, and what it is. */
  record Line(String name, String color, List<Double> values) {}

  private SvgPlot() {}

  static String of(String across, String up, List<Line> lines) {
    double high = 1e-9;
    double low = Double.POSITIVE_INFINITY;
    int length = 2;
    for (Line line : lines) {
      length = Math.max(length, line.values().size());
      for (double value : line.values()) {
        high = Math.max(high, value);
        low = Math.min(low, value);
      }
    }
    low = low > high / 2 ? low - (high - low) * 0.1 - 1e-9 : 0;
    StringBuilder svg = new StringBuilder();
    svg.append(
        "<svg viewBox=\"0 0 %d %d\" role=\"img\" fill=\"currentColor\" font-size=\"12\">\n"
            .formatted(WIDTH, HEIGHT));
    for (int tick = 0; tick <= TICKS; tick++) {
      double value = low + (high - low) * tick / TICKS;
      double y = y(value, low, high);
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#8886\"/>"
                  + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>\n",
              LEFT,
              WIDTH,
              y,
              y,
              LEFT - 6,
              y + 4,
              value));
    }
    int legend = LEFT;
    for (Line line : lines) {
      svg.append("<polyline fill=\"none\" stroke-width=\"1.5\" stroke=\"");
      svg.append(line.color()).append("\" points=\"");
      for (int i = 0; i < line.values().size(); i++) {
        double x = LEFT + (double) (WIDTH - LEFT) * i / (length - 1);
        svg.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y(line.values().get(i), low, high)));
      }
      svg.append("\"/>\n");
      svg.append(
          "<text x=\"%d\" y=\"14\" fill=\"%s\">%s</text>\n"
              .formatted(legend, line.color(), HtmlReport.escaped(line.name())));
      legend += 90;
    }
    svg.append(
        "<text x=\"%d\" y=\"%d\">%s 0 … %d; %s</text>\n</svg>\n"
            .formatted(
                LEFT, HEIGHT - 10, HtmlReport.escaped(across), length - 1, HtmlReport.escaped(up)));
    return svg.toString();
  }

  private static double y(double value, double low, double high) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - (value - low) / (high - low));
  }
}
