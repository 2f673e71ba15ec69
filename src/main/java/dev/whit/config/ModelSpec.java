package dev.whit.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A model to serve, as written {@code NAME=TARGET[,base=DIR][,ctx=N]}.
 *
 * @param name the name that requests use
 * @param target a model directory or a {@code .pt} file
 * @param base where config and tokenizer are, when not beside the target
 * @param context most tokens of a sequence, when not the server's setting
 */
public record ModelSpec(String name, Path target, Optional<Path> base, OptionalInt context) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]*");
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
    if (target.startsWith("hf:")) {
      throw new IllegalArgumentException(
          "model " + text + ": downloads (hf:) are not in this version");
    }
    return new ModelSpec(name, Path.of(target), Optional.empty(), OptionalInt.empty());
  }

  private ModelSpec with(String option, String value) {
    return switch (option) {
      case "base" -> new ModelSpec(name, target, Optional.of(Path.of(value)), context);
      case "ctx" -> new ModelSpec(name, target, base, OptionalInt.of(parseContext(value)));
      default ->
          throw new IllegalArgumentException(
              "model " + name + ": option " + option + "= is not in this version");
    };
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
