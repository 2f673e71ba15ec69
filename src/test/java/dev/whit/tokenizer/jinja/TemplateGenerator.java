package dev.whit.tokenizer.jinja;

import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Random templates of the kind that chat models have: typed, so that they render. Left out is where
 * {@code @huggingface/jinja} differs from Jinja2: printed booleans, none, floats, lists and dicts;
 * characters beyond the basic plane; {@code capitalize} and {@code title}; {@code strip} with
 * characters; a variable set in one turn of a loop, which it still has in the next.
 */
final class TemplateGenerator {
  private static final String[] SPACES = {
    "", "", " ", "\n", "\n  ", "  ", "x", "\n\n", "\t", "é\n"
  };
  private static final String[] TEXTS = {
    "text",
    "quoted",
    "'a b'",
    "\"it's\\n\"",
    "''",
    "'<|im_start|>'",
    "missing | default('d')",
    "s",
    "ns.s"
  };
  private static final String[] TEXT_FILTERS = {
    "trim",
    "upper",
    "lower",
    "replace('a', 'bb')",
    "replace('\\n', ' ')",
    "string",
    "default('none', true)",
    "length | string",
    "tojson"
  };
  private static final String[] TEXT_METHODS = {
    ".strip()",
    ".lstrip()",
    ".rstrip()",
    ".upper()",
    ".lower()",
    ".split('l')[0]",
    ".split()[-1:] | join",
    "[1:]",
    "[:3]",
    "[-2:]",
    "[1:-1]",
    "[::2]",
    "[::-1]",
    ".replace('l', '-')"
  };
  private static final String[] LISTS = {
    "messages | map(attribute='role') | list",
    "letters",
    "letters[1:]",
    "letters[:-1]",
    "letters | sort | list",
    "letters | reverse | list",
    "['x', 'y']",
    "messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | list",
    "messages | rejectattr('role', 'equalto', 'user') | map(attribute='role') | list",
    "letters | unique | list",
    "text.split(' ')",
    "letters + ['z']"
  };
  private static final String[] DATA = {
    "letters", "messages", "dict", "numbers", "tools", "text", "[1, 'a', true, none]"
  };

  private final Random random;

  /** Loops around the part that is being written. */
  private int loops;

  TemplateGenerator(long seed) {
    random = new Random(seed);
  }

  /** A whole template. */
  String template() {
    return "{%- set ns = namespace(s='n', n=0) -%}{% set s = 'top' %}" + body(3, false);
  }

  private String body(int depth, boolean inLoop) {
    return IntStream.range(0, 1 + random.nextInt(4))
        .mapToObj(i -> pick(SPACES) + part(depth, inLoop) + pick(SPACES))
        .collect(Collectors.joining());
  }

  private String part(int depth, boolean inLoop) {
    int kind = random.nextInt(depth <= 0 ? 5 : 14);
    return switch (kind) {
      case 0, 1, 2 -> print(text(2));
      case 3 -> print(number(2, inLoop));
      case 4 -> print(pick(DATA) + " | tojson");
      case 5, 6 -> condition(depth, inLoop);
      case 7 -> loop("m in messages" + (random.nextBoolean() ? " if m.role != 'tool'" : ""), depth);
      case 8 -> loop("w in " + pick(LISTS), depth);
      case 9 -> loop("k, v in dict.items()", depth);
      case 10 ->
          statement("set " + (loops == 0 && random.nextBoolean() ? "s" : "ns.s") + " = " + text(2));
      case 11 -> statement("set ns.n = ns.n + " + number(1, inLoop));
      case 12 ->
          statement("macro f(a, b='q')")
              + print("a ~ b")
              + body(0, false)
              + statement("endmacro")
              + print("f(" + text(1) + (random.nextBoolean() ? ", b=" + text(1) : "") + ")");
      case 13 ->
          loops > 0 || random.nextBoolean()
              ? "{#" + pick("", "-") + " {{ c }} " + pick("", "-") + "#}"
              : statement("set s") + body(depth - 1, inLoop) + statement("endset");
      default -> throw new AssertionError(kind);
    };
  }

  private String condition(int depth, boolean inLoop) {
    String middle =
        random.nextBoolean() ? statement("elif " + truth(1, inLoop)) + body(depth - 1, inLoop) : "";
    String end = random.nextBoolean() ? statement("else") + body(depth - 1, inLoop) : "";
    return statement("if " + truth(2, inLoop))
        + body(depth - 1, inLoop)
        + middle
        + end
        + statement("endif");
  }

  private String loop(String head, int depth) {
    loops++;
    String skip =
        random.nextInt(4) == 0
            ? statement("if loop.index == 2")
                + statement(pick("break", "continue"))
                + statement("endif")
            : "";
    String otherwise = random.nextInt(4) == 0 ? statement("else") + body(depth - 1, false) : "";
    String name = head.startsWith("k") ? "k" : head.startsWith("w") ? "w" : "m.role";
    String body = print(name + " ~ loop.index0") + body(depth - 1, true);
    loops--;
    return statement("for " + head) + skip + body + otherwise + statement("endfor");
  }

  private String text(int depth) {
    if (depth <= 0) {
      return pick(TEXTS);
    }
    return switch (random.nextInt(7)) {
      case 0 -> text(0);
      case 1 -> "(" + text(depth - 1) + ") | " + pick(TEXT_FILTERS);
      case 2 -> "(" + text(depth - 1) + ")" + pick(TEXT_METHODS);
      case 3 -> "(" + text(depth - 1) + ") ~ (" + text(depth - 1) + ")";
      case 4 -> "(" + text(depth - 1) + ") + (" + text(depth - 1) + ")";
      case 5 -> "(" + text(depth - 1) + " if " + truth(depth - 1, false) + " else " + text(0) + ")";
      case 6 -> "(" + pick(LISTS) + ") | join('" + pick("", ", ", "\\n") + "')";
      default -> throw new AssertionError();
    };
  }

  private String number(int depth, boolean inLoop) {
    if (depth <= 0) {
      return inLoop
          ? pick("loop.index", "loop.index0", "loop.length", "2")
          : pick("3", "10", "ns.n", "numbers[0]");
    }
    return switch (random.nextInt(4)) {
      case 0 -> number(0, inLoop);
      case 1 -> "(" + pick(LISTS) + ") | length";
      case 2 -> "(" + text(1) + ") | length";
      case 3 -> number(depth - 1, inLoop) + pick(" + ", " - ", " * ") + number(0, inLoop);
      default -> throw new AssertionError();
    };
  }

  private String truth(int depth, boolean inLoop) {
    if (depth > 0 && random.nextInt(3) == 0) {
      return "("
          + truth(depth - 1, inLoop)
          + ")"
          + pick(" and ", " or ", " and not ")
          + "("
          + truth(depth - 1, inLoop)
          + ")";
    }
    return switch (random.nextInt(8)) {
      case 0 -> text(0) + pick(" == ", " != ") + text(0);
      case 1 -> number(0, inLoop) + pick(" < ", " <= ", " > ", " >= ", " == ") + number(0, inLoop);
      case 2 ->
          pick("text", "s", "missing", "messages", "dict", "none_value")
              + " is "
              + pick("", "not ")
              + pick("defined", "string", "none", "mapping");
      case 3 -> "'a' " + pick("in ", "not in ") + pick("letters", "text", "dict");
      case 4 -> "(" + text(0) + ")" + pick(".startswith('a')", ".endswith('n')");
      case 5 ->
          inLoop ? pick("loop.first", "loop.last", "loop.index is even") : pick("yes", "not yes");
      case 6 -> pick("letters", "text", "''", "[]", "dict", "none_value");
      case 7 -> "messages[0]" + pick("['role']", ".role") + " == '" + pick("system", "user") + "'";
      default -> throw new AssertionError();
    };
  }

  private String print(String expression) {
    return "{{" + pick("", "", "-") + " " + expression + " " + pick("", "", "-") + "}}";
  }

  private String statement(String inner) {
    return "{%" + pick("", "-") + " " + inner + " " + pick("", "-") + "%}";
  }

  private String pick(String... choices) {
    return choices[random.nextInt(choices.length)];
  }
}
