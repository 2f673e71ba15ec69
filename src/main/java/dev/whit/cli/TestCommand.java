package dev.whit.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Stands for {@code whit test} in the help: the launcher runs it, for it needs the sources. */
@Command(
    name = "test",
    description = "Build, analyse and run every test (from a source checkout).",
    mixinStandardHelpOptions = true)
final class TestCommand implements Callable<Integer> {
  @Spec private CommandLine.Model.CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "test runs from a source checkout, through the launcher script");
  }
}
