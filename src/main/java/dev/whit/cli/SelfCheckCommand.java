package dev.whit.cli;

import dev.whit.app.ExitCode;
import dev.whit.client.ServerAddress;
import dev.whit.config.InvalidSettingException;
import dev.whit.selfcheck.CheckResult;
import dev.whit.selfcheck.SelfCheck;
import dev.whit.selfcheck.ServerClient;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Checks a live server. */
@Command(
    name = "selfcheck",
    description =
        "Check whether a live server keeps what OpenAI clients and lm-evaluation-harness rely on.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every check passed or had nothing to check",
      "1:a check failed, or the server cannot be reached",
      "2:wrong usage"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  whit selfcheck --url http://localhost:8080",
      "  whit selfcheck --url https://models.example.org/v1 --model llama",
      "",
      "Answers take a few dozen short requests. Any server will do that speaks OpenAI's API."
    })
final class SelfCheckCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--url",
      required = true,
      paramLabel = "URL",
      description = "Address of the server: http://HOST:PORT[/v1].")
  private URI url;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The model. Default: the first that the server lists.")
  private @Nullable String model;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      defaultValue = "${env:OPENAI_API_KEY}",
      description = "Sent as a bearer token. Default: OPENAI_API_KEY of the environment, if any.")
  private @Nullable String apiKey;

  @Override
  public Integer call() throws InterruptedException {
    if (!ServerAddress.isValid(url)) {
      throw new InvalidSettingException("--url %s: expected http://HOST:PORT".formatted(url));
    }
    PrintWriter out = spec.commandLine().getOut();
    try (ServerClient server = new ServerClient(url, apiKey)) {
      String name = model == null ? firstModel(server) : model;
      out.printf("%s at %s%n", name, url);
      List<CheckResult> results = SelfCheck.run(server, name, result -> print(out, result));
      long failed = results.stream().filter(r -> r.outcome() == CheckResult.Outcome.FAILED).count();
      out.printf("%d of %d checks failed%n", failed, results.size());
      out.flush();
      return failed == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private String firstModel(ServerClient server) throws InterruptedException {
    try {
      return server.firstModel();
    } catch (ConnectException e) {
      throw new UncheckedIOException(new IOException("cannot connect to " + url, e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void print(PrintWriter out, CheckResult result) {
    out.printf(
        "%-8s%s%s%n",
        result.outcome().name().toLowerCase(Locale.ROOT),
        result.name(),
        result.reason().isEmpty() ? "" : ": " + result.reason());
    out.flush();
  }
}
