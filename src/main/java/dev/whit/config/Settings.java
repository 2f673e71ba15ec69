package dev.whit.config;

import dev.whit.rest.access.ApiKey;
import dev.whit.rest.access.KeyFile;
import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.ConfigValidationException;
import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The settings from all their sources, resolved and checked before the server starts, so that what
 * is wrong with them is told in one line.
 *
 * @param values the settings
 * @param properties the same as properties, {@code whit.*}, for whoever reads them again
 */
public record Settings(WhitConfig values, Map<String, String> properties) {
  private static final String PREFIX = "whit.";
  private static final Pattern HTTP_ADDRESS =
      Pattern.compile("https?://(\\[[0-9a-fA-F:]+]|[\\w.-]+)(:\\d{1,5})?(/[\\w./-]*)?");
  private static final String MODEL = PREFIX + "model";
  private static final int COMMAND_LINE_ORDINAL = 500;
  private static final int ENVIRONMENT_ORDINAL = 300;
  private static final int FILE_ORDINAL = 150;
  private static final int CONVERTER_PRIORITY = 200;

  /** A body is held in memory while it is read. */
  private static final int MAX_BODY = 1 << 30;

  /** A shorter key can be guessed. */
  private static final int SHORTEST_KEY = 16;

  private static final Pattern BAD_VALUE =
      Pattern.compile(
          "(?s).*config property (\\S+) with the config value \"(.*)\" threw an Exception whilst"
              + " being converted (?:SRCFG\\d+: )?(.*)");
  private static final Pattern UNKNOWN_KEY =
      Pattern.compile("(?s).*SRCFG00050: (\\S+) in (.*) does not map to any root");

  public Settings {
    properties = Map.copyOf(properties);
  }

  /**
   * Reads the settings: the command line over the environment over the file over the defaults.
   *
   * @param commandLine {@code whit.*} properties
   * @param environment variables, of which those called {@code WHIT_*} count
   * @param file a YAML file
   * @throws InvalidSettingException naming what is wrong
   */
  public static Settings read(
      Map<String, String> commandLine, Map<String, String> environment, Optional<Path> file) {
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withConverter(Duration.class, CONVERTER_PRIORITY, new DurationConverter())
            .withConverter(ByteSize.class, CONVERTER_PRIORITY, ByteSize::of)
            .withSources(
                new PropertiesConfigSource(commandLine, "command line", COMMAND_LINE_ORDINAL),
                new EnvConfigSource(environment, ENVIRONMENT_ORDINAL))
            .withMapping(WhitConfig.class);
    file.map(Settings::yaml).ifPresent(builder::withSources);
    try {
      SmallRyeConfig config = builder.build();
      WhitConfig values = config.getConfigMapping(WhitConfig.class);
      requireRanges(values);
      return new Settings(values, properties(config, values));
    } catch (ConfigValidationException e) {
      throw new InvalidSettingException(describe(e.getProblem(0).getMessage()));
    }
  }

  /** A list as the value of one property: commas inside an entry are escaped. */
  public static String joined(List<String> entries) {
    return entries.stream()
        .map(entry -> entry.replace("\\", "\\\\").replace(",", "\\,"))
        .collect(Collectors.joining(","));
  }

  private static YamlConfigSource yaml(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InvalidSettingException("--config " + file + ": no such file");
    }
    YamlConfigSource source;
    try {
      source = new YamlConfigSource(file.toString(), Files.readString(file), FILE_ORDINAL);
    } catch (IOException | RuntimeException e) {
      String reason = String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
      throw new InvalidSettingException("--config " + file + ": not YAML text: " + reason);
    }
    if (source.getPropertyNames().stream().noneMatch(name -> name.startsWith(PREFIX))) {
      throw new InvalidSettingException("--config " + file + ": has no setting under whit:");
    }
    return source;
  }

  private static void requireRanges(WhitConfig values) {
    requireRange("port", values.port(), 0, 65535);
    requireRange("max-seqs", values.maxSeqs(), 1, 4096);
    requireRange("max-queue", values.maxQueue(), 1, 1_000_000);
    requireRange("max-queue-tokens", values.maxQueueTokens(), 1, Integer.MAX_VALUE);
    requireRange("threads", values.threads(), 0, 1024);
    requireRange("http.max-body", values.http().maxBody().bytes(), 1, MAX_BODY);
    values.ctxSize().ifPresent(tokens -> requireRange("ctx-size", tokens, 1, Integer.MAX_VALUE));
    WhitConfig.Http http = values.http();
    requirePositive("http.header-timeout", http.headerTimeout());
    requirePositive("http.keep-alive", http.keepAlive());
    requirePositive("http.body-timeout", http.bodyTimeout());
    requirePositive("http.ping-interval", http.pingInterval());
    requirePositive("http.slow-reader", http.slowReader());
    values.deadline().ifPresent(deadline -> requirePositive("deadline", deadline));
    if (values.drain().isNegative()) {
      throw new InvalidSettingException("whit.drain is negative: " + values.drain());
    }
    if (values.adminKey().isPresent() && values.adminKey().get().length() < SHORTEST_KEY) {
      throw new InvalidSettingException(
          "whit.admin-key must have at least %d characters".formatted(SHORTEST_KEY));
    }
    values
        .access()
        .maxConcurrent()
        .ifPresent(n -> requireRange("access.max-concurrent", n, 1, Integer.MAX_VALUE));
    values
        .access()
        .requestsPerMinute()
        .ifPresent(n -> requireRange("access.requests-per-minute", n, 1, Integer.MAX_VALUE));
    values.otlpEndpoint().ifPresent(Settings::requireHttpAddress);
    requireKeys(values);
    try {
      values.model().ifPresent(ModelSpec::parseAll);
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException(String.valueOf(e.getMessage()));
    }
  }

  private static void requireHttpAddress(String endpoint) {
    if (!HTTP_ADDRESS.matcher(endpoint).matches()) {
      throw new InvalidSettingException(
          "whit.otlp-endpoint is %s, must be http://HOST:PORT or https://HOST:PORT"
              .formatted(endpoint));
    }
  }

  /** Messages do not contain keys. */
  private static void requireKeys(WhitConfig values) {
    try {
      values.apiKeys().ifPresent(keys -> keys.forEach(ApiKey::of));
    } catch (IllegalArgumentException e) {
      throw new InvalidSettingException("whit.api-keys: " + e.getMessage());
    }
    values
        .apiKeyFile()
        .ifPresent(file -> {
          try {
            var _ = new KeyFile(file);
          } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(
                "whit.api-key-file %s: %s".formatted(file, e.getMessage()));
          } catch (UncheckedIOException e) {
            throw new InvalidSettingException(
                "whit.api-key-file %s: cannot be read".formatted(file));
          }
        });
  }

  private static void requirePositive(String key, Duration value) {
    if (!value.isPositive()) {
      throw new InvalidSettingException("whit.%s must be positive, is %s".formatted(key, value));
    }
  }

  private static void requireRange(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw new InvalidSettingException(
          "whit.%s is %d, must be %d to %d".formatted(key, value, min, max));
    }
  }

  private static String describe(String problem) {
    Matcher badValue = BAD_VALUE.matcher(problem);
    if (badValue.matches()) {
      return "%s is %s: %s".formatted(badValue.group(1), badValue.group(2), badValue.group(3));
    }
    Matcher unknown = UNKNOWN_KEY.matcher(problem);
    if (unknown.matches()) {
      return "unknown setting %s in %s".formatted(unknown.group(1), unknown.group(2));
    }
    return problem;
  }

  private static Map<String, String> properties(SmallRyeConfig config, WhitConfig values) {
    Map<String, String> properties = new LinkedHashMap<>();
    for (String name : config.getPropertyNames()) {
      // The list of models may be spread over indexed names; it is written as one.
      if (name.startsWith(PREFIX) && !name.startsWith(MODEL)) {
        config.getOptionalValue(name, String.class).ifPresent(v -> properties.put(name, v));
      }
    }
    values.model().ifPresent(models -> properties.put(MODEL, joined(models)));
    return properties;
  }
}
