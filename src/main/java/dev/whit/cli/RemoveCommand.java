package dev.whit.cli;

import dev.whit.app.ExitCode;
import dev.whit.hub.HubCache;
import dev.whit.hub.HubSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Removes what was fetched. */
@Command(
    name = "rm",
    description = "Remove a model that was fetched from the Hub, in all its revisions.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:removed", "1:not there, or not to be removed", "2:wrong usage"})
final class RemoveCommand implements Callable<Integer> {
  private static final double MIB = 1 << 20;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "ORG/NAME", description = "The repository, as whit list shows it.")
  private String repository;

  @Override
  public Integer call() {
    Path cache = HubSettings.of(System.getenv()).cache();
    Optional<Long> freed = new HubCache(cache).remove(PullCommand.repo(repository));
    if (freed.isEmpty()) {
      spec.commandLine().getErr().printf("whit: no %s in %s%n", repository, cache);
      return ExitCode.FAILED;
    }
    PrintWriter out = spec.commandLine().getOut();
    out.printf("removed %s, %.1f MiB%n", repository, freed.get() / MIB);
    out.flush();
    return ExitCode.DONE;
  }
}
