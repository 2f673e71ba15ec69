package dev.whit.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.app.ExitCode;
import dev.whit.app.Signals;
import dev.whit.chat.ChatClient;
import dev.whit.chat.ChatSession;
import dev.whit.chat.Conversation;
import dev.whit.chat.Terminal;
import dev.whit.client.ServerAddress;
import dev.whit.config.Settings;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Talks to a model in the terminal. */
@Command(
    name = "chat",
    description =
        "Talk to a model in the terminal: one of this machine, or of a running server. In a pipe,"
            + " each line of the input is a message.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:left by /quit or at the end of input",
      "1:the server cannot be reached, or an answer failed in a pipe",
      "2:wrong usage",
      "3:the model cannot be loaded"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  whit chat                                           with the demo model",
      "  whit chat /models/llama2-7b-littlebit",
      "  whit chat --url http://localhost:8080 --model llama --field temperature=0.7",
      "  echo 'Who are you?' | whit chat --field max_tokens=40",
      "",
      "/help lists what can be changed on the way. Ctrl-C stops an answer. A model of this machine has",
      "the settings of serve that are in the environment (WHIT_MEMORY, WHIT_CTX_SIZE, ...)."
    })
final class ChatCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The last part of a target that can be a model's name, without its options. */
  private static final Pattern NAME = Pattern.compile("(?:[^,]*/)?([A-Za-z0-9][\\w.-]*)/?(?:,.*)?");

  /** Exit codes of a process that SIGINT or SIGTERM has ended. */
  private static final int INTERRUPTED = 130;

  private static final int TERMINATED = 143;

  @Spec private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "TARGET", description = "The same as --model.")
  private @Nullable String target;

  @Option(
      names = "--model",
      paramLabel = "TARGET|NAME",
      description =
          "A model of this machine, as serve takes it: a directory, a .pt or GGUF file, or"
              + " hf:ORG/NAME, with [,base=DIR][,ctx=N][,head=TYPE]. With --url the name of a served"
              + " one. Default: the demo model, or the first that the server lists.")
  private @Nullable String model;

  @Option(
      names = "--url",
      paramLabel = "URL",
      description = "A running server of OpenAI's API: http://HOST:PORT[/v1].")
  private @Nullable URI url;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      defaultValue = "${env:OPENAI_API_KEY}",
      description =
          "Sent to it as a bearer token. Default: OPENAI_API_KEY of the environment, if any.")
  private @Nullable String apiKey;

  @Option(names = "--system", paramLabel = "TEXT", description = "What the model is told first.")
  private String system = "";

  @Option(
      names = "--field",
      paramLabel = "NAME=JSON",
      description = "A field of each request, repeatable: temperature=0.")
  private Map<String, String> fields = Map.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (target != null && model != null) {
      throw wrong("TARGET and --model are the same: give one");
    }
    String wanted = target == null ? model : target;
    Map<String, JsonNode> parsed = parsedFields();
    if (url == null) {
      return local(wanted, parsed);
    }
    if (!ServerAddress.isValid(url)) {
      throw wrong("--url %s: expected http://HOST:PORT".formatted(url));
    }
    return talk(new ServerAddress(url, apiKey), wanted, parsed);
  }

  private int local(@Nullable String wanted, Map<String, JsonNode> parsed)
      throws IOException, InterruptedException {
    String what = wanted == null ? demo() : wanted;
    String name = nameOf(what);
    String served = Settings.joined(List.of(name + "=" + what));
    try (LocalServer server = LocalServer.start(Map.of("whit.model", served))) {
      if (person().isPresent()) {
        PrintWriter err = spec.commandLine().getErr();
        err.println("loading " + what);
        err.flush();
      }
      server.awaitReady();
      return talk(server.address(), name, parsed);
    } catch (LocalServer.Ended e) {
      return e.exitCode();
    }
  }

  private static String nameOf(String target) {
    Matcher name = NAME.matcher(target);
    return name.matches() ? name.group(1) : "model";
  }

  private String demo() {
    String directory = System.getProperty("whit.demo-dir");
    if (directory == null) {
      throw wrong("there are no demo models here: give a TARGET or --url");
    }
    return Path.of(directory, "nanoquant").toString();
  }

  private int talk(ServerAddress server, @Nullable String name, Map<String, JsonNode> parsed)
      throws InterruptedException {
    try (ChatClient client = new ChatClient(server)) {
      Conversation conversation =
          new Conversation(name == null ? client.firstModel() : name, parsed);
      conversation.system(system);
      ChatSession session = new ChatSession(terminal(), client, conversation);
      // The server of this process has handlers of its own, which would wait for the input to end.
      Signals.handle("TERM", () -> System.exit(TERMINATED));
      Signals.handle("INT", person().isPresent() ? session::stop : () -> System.exit(INTERRUPTED));
      return session.run() ? ExitCode.DONE : ExitCode.FAILED;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Terminal terminal() {
    // Pipes carry UTF-8, whatever the locale.
    Charset charset = person().map(Console::charset).orElse(StandardCharsets.UTF_8);
    return new Terminal(
        new InputStreamReader(System.in, charset),
        new PrintWriter(new OutputStreamWriter(System.out, charset)),
        new PrintWriter(new OutputStreamWriter(System.err, charset)),
        person().isPresent());
  }

  /** The console, where a person sits at it. */
  private static Optional<Console> person() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }

  private Map<String, JsonNode> parsedFields() {
    Map<String, JsonNode> parsed = new LinkedHashMap<>();
    fields.forEach((name, value) -> {
      try {
        parsed.put(name, JSON.readTree(value));
      } catch (JsonProcessingException e) {
        throw wrong("--field %s: not JSON: %s".formatted(name, value));
      }
    });
    return parsed;
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
