package dev.whit.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** An inspection as text for a terminal. */
final class InspectionTable {
  private static final int MIB = 1 << 20;

  private final PrintWriter out;

  private InspectionTable(PrintWriter out) {
    this.out = out;
  }

  static void print(Inspection inspection, PrintWriter out) {
    InspectionTable table = new InspectionTable(out);
    table.model(inspection);
    table.bytes(inspection);
    table.ranks(inspection.ranks());
    table.memory(inspection.memory());
    table.lines("warnings", inspection.warnings());
  }

  private void model(Inspection model) {
    Inspection.Shape shape = model.shape();
    row("path", model.path());
    row("architecture", model.architecture());
    row("format", model.format());
    if (model.licence() != null) {
      row("licence", model.licence());
    }
    row("parameters", "%,d", model.parameters());
    row("bits per weight", "%.4f (linear layers, scales counted)", model.bitsPerWeight());
    row("layers", "%d of width %d", shape.layers(), shape.hiddenSize());
    row("feed-forward", "%d", shape.intermediateSize());
    row("vocabulary", "%d", shape.vocabularySize());
    row("context", "%d tokens", shape.maxContext());
    row(
        "key/value cache",
        "%,d bytes per token (%s)",
        model.kvCache().bytesPerToken(),
        model.kvCache().type());
    lines("features", model.features());
    lines("assumed", model.assumedDefaults());
  }

  private void bytes(Inspection model) {
    Inspection.Bytes bytes = model.bytes();
    out.println();
    out.println("Bytes in the file");
    share("embeddings", bytes.embeddings(), bytes.total());
    if (bytes.head() > 0) {
      share("head", bytes.head(), bytes.total());
    }
    share("linears", bytes.linears(), bytes.total());
    share("norms", bytes.norms(), bytes.total());
    share("total", bytes.total(), bytes.total());
  }

  private void ranks(List<Inspection.LayerRange> ranges) {
    out.println();
    out.println("Linear layers");
    for (Inspection.LayerRange range : ranges) {
      out.println(
          range.firstLayer() == range.lastLayer()
              ? "  layer " + range.firstLayer()
              : "  layers %d to %d".formatted(range.firstLayer(), range.lastLayer()));
      for (Inspection.Linear linear : range.linears()) {
        format(
            "    %-22s %6d x %-6d %-10s %-14s %7.4f bits%n",
            linear.name(),
            linear.outputs(),
            linear.inputs(),
            linear.format(),
            linear.ranks().isEmpty()
                ? ""
                : linear.ranks().stream()
                    .map(String::valueOf)
                    .collect(Collectors.joining(" + ", "rank ", "")),
            linear.bitsPerWeight());
      }
    }
  }

  private void memory(Inspection.Memory memory) {
    out.println();
    format("Memory plan (%s)%n", memory.device());
    switch (memory) {
      case Inspection.Refusal refusal -> row("  refused", refusal.refusal());
      case Inspection.Plan plan -> {
        row("  weights", mib(plan.weightBytes()));
        row("  activations", mib(plan.workspaceBytes()));
        row(
            "  key/value cache",
            "%s: %d blocks of %d tokens",
            mib(plan.kvBytes()),
            plan.kvBlocks(),
            plan.blockSize());
        row("  total", "%s of %s free", mib(plan.totalBytes()), mib(plan.freeBytes()));
        row("  context", "%d tokens, up to %d sequences at once", plan.context(), plan.maxSeqs());
      }
    }
  }

  private void share(String part, long bytes, long total) {
    format("  %-16s %,15d  %5.1f %%%n", part, bytes, total == 0 ? 0 : 100.0 * bytes / total);
  }

  private void lines(String name, List<String> values) {
    String label = name;
    for (String value : values) {
      row(label, value);
      label = "";
    }
  }

  private void row(String name, String value) {
    format("%-18s %s%n", name, value);
  }

  private void row(String name, String pattern, Object... values) {
    row(name, String.format(Locale.ROOT, pattern, values));
  }

  private void format(String pattern, Object... values) {
    out.print(String.format(Locale.ROOT, pattern, values));
  }

  private static String mib(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", (double) bytes / MIB);
  }
}
