package dev.whit.cli;

import dev.whit.app.ExitCode;
import dev.whit.config.ByteSize;
import dev.whit.hub.HubException;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** The {@code whit} command. Only {@code serve} and {@code chat} start Quarkus. */
@QuarkusMain
@Command(
    name = "whit",
    description = "Serves sub-1-bit language models (LittleBit, NanoQuant) over an OpenAI API.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      ServeCommand.class,
      ChatCommand.class,
      InspectCommand.class,
      BenchCommand.class,
      EvalCommand.class,
      LoadCommand.class,
      SynthCommand.class,
      SelfCheckCommand.class,
      PullCommand.class,
      ListCommand.class,
      RemoveCommand.class,
      TestCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "%nCommands:%n",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:wrong usage", "3:bad input file"},
    footerHeading = "%nExamples:%n",
    footer = {
      "  whit serve                                the demo models on http://localhost:8080",
      "  whit serve --model tiny=/models/tiny-0.55bit",
      "  whit serve --model tiny=hf:ORG/NAME        fetched from the Hugging Face Hub first",
      "  whit inspect /models/tiny-0.55bit",
      "  whit chat /models/tiny-0.55bit             in the terminal",
      "  whit bench /models/tiny-0.55bit",
      "  whit load http://localhost:8080",
      "  whit selfcheck --url http://localhost:8080",
      "",
      "'whit COMMAND --help' tells more."
    })
public final class Main implements Runnable {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** Runs a command and exits with its code. */
  public static void main(String... args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setParameterExceptionHandler(Main::reportUsage)
        .setExecutionExceptionHandler(Main::reportFailure)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(ByteSize.class, Main::byteSize)
        .setUsageHelpWidth(100);
  }

  private static ByteSize byteSize(String text) {
    try {
      return ByteSize.of(text);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.TypeConversionException("'%s' is %s".formatted(text, e.getMessage()));
    }
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int reportUsage(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("whit: " + failure.getMessage());
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(failure, err)) {
      err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
    }
    return ExitCode.USAGE;
  }

  private static String describe(Exception failure) {
    if (failure instanceof HubException) {
      return String.valueOf(failure.getMessage());
    }
    return failure instanceof UncheckedIOException && failure.getCause() instanceof IOException io
        ? describe(io)
        : failure.toString();
  }

  /** The JDK's exceptions of files say which file, and by their class alone what about it. */
  private static String describe(IOException failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case AccessDeniedException e -> message + ": permission denied";
      case NoSuchFileException e -> message + " is not there";
      case FileAlreadyExistsException e -> message + " is there already";
      case NotDirectoryException e -> message + " is not a directory";
      default -> message;
    };
  }

  private static int reportFailure(Exception failure, CommandLine command, ParseResult result) {
    int code = ExitCode.of(failure);
    PrintWriter err = command.getErr();
    switch (code) {
      case ExitCode.FAILED -> err.println("whit: " + describe(failure));
      case ExitCode.USAGE -> {
        err.println("whit: " + failure.getMessage());
        err.println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
      }
      default -> err.println("whit: " + failure.getMessage());
    }
    return code;
  }
}
