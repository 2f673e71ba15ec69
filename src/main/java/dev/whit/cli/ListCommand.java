package dev.whit.cli;

import dev.whit.app.ExitCode;
import dev.whit.hub.HubCache;
import dev.whit.hub.HubSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Lists what was fetched. */
@Command(
    name = "list",
    description = "List the models that were fetched from the Hub.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {
  private static final double MIB = 1 << 20;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Path cache = HubSettings.of(System.getenv()).cache();
    List<HubCache.Entry> entries = new HubCache(cache).list();
    if (entries.isEmpty()) {
      out.println("nothing in " + cache);
    }
    int width = entries.stream().mapToInt(entry -> entry.id().length()).max().orElse(0);
    for (HubCache.Entry entry : entries) {
      out.printf(
          "%-" + width + "s  %10.1f MiB  %s%n",
          entry.id(),
          entry.bytes() / MIB,
          entry.snapshot().map(Path::toString).orElse("(incomplete)"));
    }
    out.flush();
    return ExitCode.DONE;
  }
}
