package dev.whit.eval;

/** A report as Markdown. */
public final class MarkdownReport {
  private MarkdownReport() {}

  /** The whole document. */
  public static String of(EvalReport report) {
    StringBuilder text = new StringBuilder("# Evaluation\n");
    for (ReportTables.Table table : ReportTables.of(report)) {
      text.append("\n## ").append(table.title()).append("\n\n| | |\n|---|---|\n");
      for (ReportTables.Row row : table.rows()) {
        text.append("| ").append(cell(row.name())).append(" | ");
        text.append(cell(row.value())).append(" |\n");
      }
    }
    return text.toString();
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace('\n', ' ');
  }
}
