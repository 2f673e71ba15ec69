package dev.whit.config;

import dev.whit.hub.HubRepo;
import dev.whit.model.loading.HeadType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model to serve, as written {@code NAME=TARGET[,base=DIR][,ctx=N][,head=TYPE]}.
 *
 * @param name the name that requests use
 * @param target a model directory, a checkpoint file, or {@code hf:ORG/NAME} on the Hub
 * @param base where config and tokenizer are, when not beside the target; likewise
 * @param context most tokens of a sequence, when not the server's setting
 * @param head how its head is kept, when not the server's setting
 */
public record ModelSpec(
    String name, Path target, Optional<Path> base, OptionalInt context, Optional<HeadType> head) {
  private static final String HUB = "hf:";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]*");
  private static final Pattern UNKNOWN_OPTION = Pattern.compile(",([a-z]+)=");
  private static final Pattern OPTION = Pattern.compile("(base|ctx|head|device)=(.*)");

  /**
   * Parses what {@code --model}, {@code whit.model} and {@code WHIT_MODEL} hold. An entry may have
   * been cut at its commas, as lists from the environment are: an option by itself belongs to the
   * model before it.
   *
   * @throws IllegalArgumentException naming the entry and what is wrong with it
   */
  public static List<ModelSpec> parseAll(List<String> entries) {
    List<ModelSpec> specs = new ArrayList<>();
    for (String entry : entries) {
      for (String part : entry.split(",(?=(?:base|ctx|head|device)=)", -1)) {
        Matcher option = OPTION.matcher(part);
        if (!option.matches()) {
          Matcher unknown = UNKNOWN_OPTION.matcher(part);
          if (unknown.find()) {
            throw new IllegalArgumentException(
                "model %s: no option %s=, there are base= and ctx="
                    .formatted(entry, unknown.group(1)));
          }
          specs.add(parseTarget(part));
        } else if (specs.isEmpty()) {
          throw new IllegalArgumentException(
              "model " + entry + ": begins with an option, not NAME=");
        } else {
          specs.add(specs.removeLast().with(option.group(1), option.group(2)));
        }
      }
    }
    List<String> names = specs.stream().map(ModelSpec::name).toList();
    for (String name : names) {
      if (names.indexOf(name) != names.lastIndexOf(name)) {
        throw new IllegalArgumentException("two models are named " + name);
      }
    }
    return List.copyOf(specs);
  }

  private static ModelSpec parseTarget(String text) {
    int equals = text.indexOf('=');
    if (equals < 1 || equals == text.length() - 1) {
      throw new IllegalArgumentException("model " + text + ": expected NAME=TARGET");
    }
    String name = text.substring(0, equals);
    String target = text.substring(equals + 1);
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "model " + text + ": the name may have letters, digits and . _ : / - only");
    }
    return new ModelSpec(
        name, path(name, target), Optional.empty(), OptionalInt.empty(), Optional.empty());
  }

  /**
   * A model whose parts are given one by one.
   *
   * @param head how its head is kept, as in {@code head=}
   * @throws IllegalArgumentException naming what is wrong
   */
  public static ModelSpec of(
      String name,
      String target,
      Optional<String> base,
      OptionalInt context,
      Optional<String> head) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name may have letters, digits and . _ : / - only, not " + name);
    }
    ModelSpec spec = parseTarget(name + "=" + target);
    spec = base.isPresent() ? spec.with("base", base.get()) : spec;
    spec = head.isPresent() ? spec.with("head", head.get()) : spec;
    return new ModelSpec(name, spec.target(), spec.base(), context, spec.head());
  }

  private static Path path(String name, String text) {
    if (text.startsWith(HUB)) {
      try {
        HubRepo.parse(text.substring(HUB.length()));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("model " + name + ": " + e.getMessage(), e);
      }
    }
    return Path.of(text);
  }

  /** The repository that a target or base names, if it is one of the Hub: {@code hf:ORG/NAME}. */
  public static Optional<HubRepo> onHub(Path path) {
    String text = path.toString();
    return text.startsWith(HUB)
        ? Optional.of(HubRepo.parse(text.substring(HUB.length())))
        : Optional.empty();
  }

  /** The same with files where they really are. */
  public ModelSpec at(Path newTarget, Optional<Path> newBase) {
    return new ModelSpec(name, newTarget, newBase, context, head);
  }

  private ModelSpec with(String option, String value) {
    return switch (option) {
      case "base" -> new ModelSpec(name, target, Optional.of(path(name, value)), context, head);
      case "ctx" -> new ModelSpec(name, target, base, OptionalInt.of(parseContext(value)), head);
      case "head" -> new ModelSpec(name, target, base, context, Optional.of(parseHead(value)));
      default ->
          throw new IllegalArgumentException(
              "model " + name + ": option " + option + "= is not in this version");
    };
  }

  private HeadType parseHead(String value) {
    for (HeadType type : HeadType.values()) {
      if (type.name().equalsIgnoreCase(value)) {
        return type;
      }
    }
    throw new IllegalArgumentException(
        "model " + name + ": head must be stored or int8, not " + value);
  }

  private int parseContext(String value) {
    try {
      int tokens = Integer.parseInt(value);
      if (tokens > 0) {
        return tokens;
      }
    } catch (NumberFormatException e) {
      // Reported below, as any other value that is no positive number.
    }
    throw new IllegalArgumentException(
        "model " + name + ": ctx must be a positive number of tokens, not " + value);
  }
}
