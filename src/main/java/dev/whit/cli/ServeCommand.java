package dev.whit.cli;

import dev.whit.config.InvalidSettingException;
import dev.whit.config.Settings;
import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves models over HTTP until it is told to stop. */
@Command(
    name = "serve",
    description = "Serve models over an OpenAI-compatible HTTP API.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped by SIGTERM or SIGINT",
      "1:failed, for example because the port is in use",
      "2:wrong usage",
      "3:a model cannot be loaded"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  whit serve",
      "  whit serve --model a=/models/a-littlebit --model b=/models/b.pt,base=/models/b-base,ctx=4096",
      "  whit serve --config whit.yaml --port 9000",
      "  curl -N localhost:8080/v1/completions -H 'content-type: application/json' \\",
      "    -d '{\"model\":\"demo\",\"prompt\":\"The old house stood\",\"max_tokens\":40,\"stream\":true}'",
      "",
      "Every option is also a key under whit: in the YAML file (whit.ctx-size) and a variable in the",
      "environment (WHIT_CTX_SIZE). The command line wins over the environment, that over the file.",
      "",
      "WHIT_ADMIN_KEY (or whit.admin-key in the file, not on a command line that others can see) opens",
      "/admin/models, where models are loaded and unloaded while the server runs. It has 16 characters or more."
    })
final class ServeCommand implements Callable<Integer> {
  private static final List<String> DEVICES = List.of("auto", "cpu");

  @Option(
      names = "--model",
      paramLabel = "NAME=TARGET[,base=DIR][,ctx=N][,head=TYPE]",
      description = {
        "A model to serve, repeatable. TARGET is a model directory, a .pt or GGUF file, or"
            + " hf:ORG/NAME, which is fetched first; base= is where config and tokenizer are when not"
            + " beside it; ctx= caps its context; head= is its --head.",
        "Default: the demo models demo, demo-littlebit and demo-fp16."
      })
  private List<String> models = List.of();

  @Option(names = "--host", description = "Address to listen on. Default: 127.0.0.1")
  private @Nullable String host;

  @Option(names = "--port", description = "Port, 0 for a free one. Default: 8080")
  private @Nullable Integer port;

  @Option(names = "--config", paramLabel = "FILE", description = "YAML file with whit.* settings.")
  private @Nullable Path config;

  @Option(
      names = "--ctx-size",
      paramLabel = "TOKENS",
      description = "Most tokens of prompt and answer together. Default: what the model allows.")
  private @Nullable Integer contextSize;

  @Option(
      names = "--max-seqs",
      paramLabel = "N",
      description = "Most sequences that run at once, per model. Default: 32")
  private @Nullable Integer maxSequences;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "Most memory for weights, caches and activations of all models, for example 8GiB."
              + " Default: what the machine has.")
  private @Nullable String memory;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that compute. Default: one per processor.")
  private @Nullable Integer threads;

  @Option(
      names = "--kv-cache",
      paramLabel = "f32|f16|int8",
      description = "Element type of the key/value cache: four bytes, two, or one. Default: f16")
  private @Nullable KvType kvCache;

  @Option(
      names = "--head",
      paramLabel = "stored|int8",
      description =
          "How output heads are kept: int8 rounds each row at load and halves what every step"
              + " reads of a 16-bit head. Default: stored")
  private @Nullable HeadType head;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu",
      description = "What computes. This version has the CPU only. Default: auto")
  private @Nullable String device;

  @Option(
      names = "--chat-template",
      paramLabel = "FILE",
      description = "A Jinja chat template that replaces the models' own.")
  private @Nullable Path chatTemplate;

  @Option(
      names = "--api-key",
      paramLabel = "KEY",
      description =
          "A key that requests must have (Authorization: Bearer KEY), repeatable. The list of"
              + " processes shows it: prefer a file, or WHIT_API_KEYS=KEY,KEY in the environment."
              + " Default: everybody may use the server.")
  private List<String> apiKeys = List.of();

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      description = "A file with a key on each line, read again when it changes.")
  private @Nullable Path apiKeyFile;

  @Option(names = "--log-json", description = "Write each line of the log as a JSON object.")
  private boolean logJson;

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      description =
          "Send a trace of each request there, by OTLP over HTTP, for example"
              + " http://localhost:4318. Prompts and answers are not in it. Default: no traces")
  private @Nullable String otlpEndpoint;

  @Option(
      names = "--drain",
      paramLabel = "SECONDS",
      description = "How long running requests may take to finish at shutdown. Default: 30")
  private @Nullable Integer drain;

  @Option(
      names = "--deadline",
      paramLabel = "SECONDS",
      description = "How long an answer may take, waiting included. Default: as long as it needs")
  private @Nullable Integer deadline;

  @Override
  public Integer call() {
    requireKnownDevice();
    Settings settings = Settings.read(given(), System.getenv(), configFile());
    return EmbeddedServer.run(settings);
  }

  private void requireKnownDevice() {
    if (device != null && !DEVICES.contains(device)) {
      throw new InvalidSettingException(
          device.equals("cuda")
              ? "--device cuda: GPUs are not in this version, use auto or cpu"
              : "--device %s: must be one of %s".formatted(device, String.join(", ", DEVICES)));
    }
  }

  private Optional<Path> configFile() {
    return Optional.ofNullable(config)
        .or(() -> Optional.ofNullable(System.getenv("WHIT_CONFIG")).map(Path::of));
  }

  private Map<String, String> given() {
    Map<String, String> given = new HashMap<>();
    put(given, "demo-dir", System.getProperty("whit.demo-dir")); // the launcher knows where it is
    if (!models.isEmpty()) {
      given.put("whit.model", Settings.joined(models));
    }
    put(given, "host", host);
    put(given, "port", port);
    put(given, "ctx-size", contextSize);
    put(given, "max-seqs", maxSequences);
    put(given, "memory", memory);
    put(given, "threads", threads);
    put(given, "kv-cache", kvCache == null ? null : kvCache.name().toLowerCase(Locale.ROOT));
    put(given, "head", head == null ? null : head.name().toLowerCase(Locale.ROOT));
    put(given, "chat-template", chatTemplate);
    put(given, "drain", drain);
    put(given, "deadline", deadline);
    if (!apiKeys.isEmpty()) {
      given.put("whit.api-keys", Settings.joined(apiKeys));
    }
    put(given, "api-key-file", apiKeyFile);
    put(given, "log.json", logJson ? true : null);
    put(given, "otlp-endpoint", otlpEndpoint);
    return given;
  }

  private static void put(Map<String, String> given, String key, @Nullable Object value) {
    if (value != null) {
      given.put("whit." + key, value.toString());
    }
  }
}
