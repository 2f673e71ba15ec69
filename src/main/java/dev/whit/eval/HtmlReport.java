package dev.whit.eval;

import java.util.ArrayList;
import java.util.List;

/** A report as one page of HTML that needs nothing beside it. */
public final class HtmlReport {
  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>Evaluation</title>
      <style>
      :root { color-scheme: light dark; }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; width: 100%; }
      th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8884; }
      th { font-weight: normal; width: 20rem; }
      td { font-variant-numeric: tabular-nums; }
      svg { width: 100%; height: auto; }
      </style>
      <h1>Evaluation</h1>
      """;

  private HtmlReport() {}

  /** The whole page. */
  public static String of(EvalReport report) {
    StringBuilder page = new StringBuilder(HEAD);
    for (ReportTables.Table table : ReportTables.of(report)) {
      page.append("<h2>").append(escaped(table.title())).append("</h2>\n<table>\n");
      for (ReportTables.Row row : table.rows()) {
        page.append("<tr><th scope=\"row\">").append(escaped(row.name())).append("</th><td>");
        page.append(escaped(row.value())).append("</td></tr>\n");
      }
      page.append("</table>\n");
    }
    if (report.text() != null) {
      plots(report.text(), page);
    }
    return page.append("</html>\n").toString();
  }

  private static void plots(EvalReport.Text text, StringBuilder page) {
    List<SvgPlot.Line> lines = new ArrayList<>();
    lines.add(new SvgPlot.Line("model", "#2a78d0", text.blockNll()));
    EvalReport.Comparison comparison = text.comparison();
    if (comparison != null) {
      lines.add(new SvgPlot.Line("reference", "#d06a2a", comparison.referenceBlockNll()));
    }
    page.append("<h2>Negative log-likelihood of each block</h2>\n");
    page.append(SvgPlot.of("block", "nats a token", lines));
    if (comparison != null) {
      page.append("<h2>KL divergence by percentile of the tokens</h2>\n");
      page.append(
          SvgPlot.of(
              "percentile",
              "nats",
              List.of(new SvgPlot.Line("KL", "#2a78d0", comparison.klCurve()))));
    }
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
