package dev.whit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.app.ExitCode;
import dev.whit.client.ServerAddress;
import dev.whit.load.Arrivals;
import dev.whit.load.Endpoint;
import dev.whit.load.LoadClient;
import dev.whit.load.LoadReport;
import dev.whit.load.LoadRun;
import dev.whit.load.LoadSpec;
import dev.whit.load.Slo;
import dev.whit.load.TokenRange;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts load on a server. */
@Command(
    name = "load",
    description = "Put load on any OpenAI endpoint and measure what its clients see.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured; the report says how many requests failed",
      "1:the server cannot be reached, or no request was answered",
      "2:wrong usage"
    },
    footerHeading = "%nWhat is measured:%n",
    footer = {
      "  TTFT     from when a request was due to the first piece of its answer",
      "  ITL      from a piece to the next, of all answers together",
      "  TPOT     mean time of an answer's tokens after the first, one figure for each answer",
      "  E2E      from when a request was due to the end of its answer",
      "  goodput  answers a second that keep to every --slo",
      "",
      "Answers are streamed. In an open loop a request is due at its random time, whether or not the",
      "server keeps up: time in which it waits to be sent counts. The same --seed gives the same",
      "requests at the same times. The run ends after --requests or --duration, whichever is first,",
      "and what is unanswered then has --timeout to finish.",
      "",
      "Examples:",
      "  whit load http://localhost:8080",
      "  whit load http://localhost:8080 --concurrency 32 --requests 500 --prompt 64:512 --output 128",
      "  whit load http://localhost:8080 --rate 2.5 --duration 120 --slo ttft=500,tpot=50 --json",
      "  whit load http://localhost:8080 --shared-prefix 0.8 --field temperature=0"
    })
final class LoadCommand implements Callable<Integer> {
  private static final int MAX_REQUESTS = 10_000_000;
  private static final int MAX_CONCURRENCY = 4096;
  private static final double MAX_RATE = 10_000;
  private static final int MAX_SECONDS = 7 * 24 * 3600;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "URL", description = "Address of the server: http://HOST:PORT[/v1].")
  private URI server;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The model. Default: the first that the server lists.")
  private @Nullable String model;

  @Option(
      names = "--api",
      paramLabel = "completions|chat",
      defaultValue = "completions",
      description =
          "Completions get token ids, so that lengths are exact; chats get short words, about a"
              + " token each. Default: ${DEFAULT-VALUE}")
  private Endpoint endpoint;

  @ArgGroup private @Nullable Loop loop;

  /** How requests arrive. */
  static final class Loop {
    @Option(
        names = "--concurrency",
        paramLabel = "N",
        description =
            "Closed loop: N clients, each sends when it has its answer. Default: 8 of them.")
    private @Nullable Integer concurrency;

    @Option(
        names = "--rate",
        paramLabel = "PER_SECOND",
        description = "Open loop: requests arrive at random, so many a second (Poisson).")
    private @Nullable Double rate;
  }

  @Option(
      names = "--requests",
      paramLabel = "N",
      defaultValue = "100",
      description = "Most requests. Default: ${DEFAULT-VALUE}")
  private int requests;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "No request begins later. Default: ${DEFAULT-VALUE}")
  private int duration;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long a request may take. Default: ${DEFAULT-VALUE}")
  private int timeout;

  @Option(
      names = "--prompt",
      paramLabel = "N|MIN:MAX",
      defaultValue = "128",
      description = "Tokens of prompts. Default: ${DEFAULT-VALUE}")
  private String prompt;

  @Option(
      names = "--output",
      paramLabel = "N|MIN:MAX",
      defaultValue = "64",
      description = "Tokens of answers (max_tokens). Default: ${DEFAULT-VALUE}")
  private String output;

  @Option(
      names = "--shared-prefix",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Share of each prompt, from its beginning, that all have in common, 0 to 1."
              + " Default: ${DEFAULT-VALUE}")
  private double sharedPrefix;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Of prompts, lengths and times. Default: ${DEFAULT-VALUE}")
  private long seed;

  @Option(
      names = "--no-ignore-eos",
      description =
          "Leave ignore_eos out, which servers of vLLM's kind know and OpenAI's own refuse: answers"
              + " may then end early.")
  private boolean noIgnoreEos;

  @Option(
      names = "--field",
      paramLabel = "NAME=JSON",
      description = "One more field of each request's body, repeatable: temperature=0.")
  private Map<String, String> fields = Map.of();

  @Option(
      names = "--slo",
      paramLabel = "NAME=MS",
      split = ",",
      description = "Objectives that make an answer a good one: ttft=500,tpot=50,e2e=10000.")
  private Map<String, Long> objectives = Map.of();

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      defaultValue = "${env:OPENAI_API_KEY}",
      description = "Sent as a bearer token. Default: OPENAI_API_KEY of the environment, if any.")
  private @Nullable String apiKey;

  @Option(names = "--json", description = "Print JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireHttp();
    try (LoadClient client = new LoadClient(server, apiKey)) {
      LoadSpec wanted = wanted(model == null ? "" : model);
      if (model == null) {
        wanted = wanted(firstModel(client));
      }
      LoadReport report;
      try (ProgressLine line = new ProgressLine(spec.commandLine().getErr())) {
        report =
            LoadRun.run(
                wanted,
                client,
                (sent, ended, failed) -> {
                  if (line.isDue()) {
                    line.show(
                        "%d of %d sent, %d under way, %d failed"
                            .formatted(sent, requests, sent - ended, failed));
                  }
                });
      }
      print(wanted, report, spec.commandLine().getOut());
      return report.completed() > 0 ? ExitCode.DONE : ExitCode.FAILED;
    }
  }

  private void print(LoadSpec wanted, LoadReport report, PrintWriter out)
      throws JsonProcessingException {
    if (json) {
      out.println(ReportJson.of(report));
    } else {
      LoadTable.print(wanted, report, out);
    }
    out.flush();
  }

  private String firstModel(LoadClient client) throws IOException, InterruptedException {
    try {
      return client.firstModel();
    } catch (ConnectException e) {
      throw new UncheckedIOException(new IOException("cannot connect to " + server, e));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void requireHttp() {
    if (!ServerAddress.isValid(server)) {
      throw wrong("URL must be http://HOST:PORT or https://HOST, is " + server);
    }
  }

  private LoadSpec wanted(String name) {
    requireRange("--requests", requests, 1, MAX_REQUESTS);
    requireRange("--duration", duration, 1, MAX_SECONDS);
    requireRange("--timeout", timeout, 1, MAX_SECONDS);
    requireRange("--shared-prefix", sharedPrefix, 0, 1);
    return new LoadSpec(
        server,
        apiKey,
        name,
        endpoint,
        arrivals(),
        requests,
        Duration.ofSeconds(duration),
        Duration.ofSeconds(timeout),
        range("--prompt", prompt),
        range("--output", output),
        sharedPrefix,
        seed,
        !noIgnoreEos,
        parsedFields(),
        slo());
  }

  private Arrivals arrivals() {
    if (loop != null && loop.rate != null) {
      requireRange("--rate", loop.rate, 1e-3, MAX_RATE);
      return new Arrivals.Open(loop.rate);
    }
    int concurrency = loop == null || loop.concurrency == null ? 8 : loop.concurrency;
    requireRange("--concurrency", concurrency, 1, MAX_CONCURRENCY);
    return new Arrivals.Closed(concurrency);
  }

  private TokenRange range(String option, String text) {
    try {
      return TokenRange.parse(text);
    } catch (IllegalArgumentException e) {
      throw wrong(option + ": " + e.getMessage());
    }
  }

  private Map<String, JsonNode> parsedFields() {
    Map<String, JsonNode> parsed = new LinkedHashMap<>();
    fields.forEach((name, value) -> {
      try {
        parsed.put(name, new ObjectMapper().readTree(value));
      } catch (JsonProcessingException e) {
        throw wrong("--field %s: not JSON: %s".formatted(name, value));
      }
    });
    return parsed;
  }

  private Slo slo() {
    Duration ttft = null;
    Duration tpot = null;
    Duration e2e = null;
    for (Map.Entry<String, Long> objective : objectives.entrySet()) {
      requireRange("--slo " + objective.getKey(), objective.getValue(), 1, MAX_SECONDS * 1000L);
      Duration limit = Duration.ofMillis(objective.getValue());
      switch (objective.getKey()) {
        case "ttft" -> ttft = limit;
        case "tpot" -> tpot = limit;
        case "e2e" -> e2e = limit;
        default -> throw wrong("--slo must be of ttft, tpot or e2e, not " + objective.getKey());
      }
    }
    return new Slo(ttft, tpot, e2e);
  }

  private void requireRange(String option, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw wrong(
          "%s must be from %s to %s, is %s"
              .formatted(option, plain(min), plain(max), plain(value)));
    }
  }

  private static String plain(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
