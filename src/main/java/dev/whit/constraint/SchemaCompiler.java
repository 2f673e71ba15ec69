package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.whit.constraint.GrammarBuilder.Rule;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a grammar of a JSON Schema: its texts are JSON and valid, though not all such texts. A
 * property comes in the order of its description, a character has one spelling, white space is
 * bounded, and what a schema leaves open is chosen as {@link Conjunction} says.
 */
final class SchemaCompiler {
  private static final int MAX_LENGTH = 16_384;
  private static final int MAX_ITEMS = 4096;
  private static final int MAX_LISTED = 4096;
  private static final int MAX_DIVISOR = 4096;
  private static final int MAX_INDENT = 40;

  private static final Located OBJECT =
      new Located(JsonNodeFactory.instance.objectNode().put("type", "object"), "#object");

  private final CompileBudget budget;
  private final SchemaDocument document;
  private final GrammarBuilder grammar;
  private final StringRules strings;
  private final Rule space;
  private final Map<Set<Located>, Rule> values = new HashMap<>();
  private final Deque<Work> work = new ArrayDeque<>();

  /** A rule whose schemas have not been compiled. */
  private record Work(Rule rule, List<Located> schemas) {}

  /** A compiler into a grammar that may have other parts. */
  SchemaCompiler(JsonNode schema, GrammarBuilder grammar, CompileBudget budget) {
    this.budget = budget;
    this.grammar = grammar;
    document = new SchemaDocument(schema, budget);
    strings = new StringRules(grammar);
    space = grammar.rule();
    addSpace();
  }

  /**
   * The rule of the whole schema.
   *
   * @throws SchemaException if it cannot be enforced
   */
  Rule compile() {
    return compile(List.of(document.root()));
  }

  /** As {@link #compile}, but only objects. */
  Rule compileObject() {
    return compile(List.of(document.root(), OBJECT));
  }

  private Rule compile(List<Located> schemas) {
    Rule root = value(schemas);
    // Not by recursion: schemas may lead to one another in a chain of any length.
    while (!work.isEmpty()) {
      Work next = work.remove();
      document.expand(next.schemas()).forEach(way -> addValue(next.rule(), way));
    }
    return root;
  }

  private Rule value(List<Located> schemas) {
    return values.computeIfAbsent(
        Set.copyOf(schemas),
        key -> {
          Rule rule = grammar.rule();
          work.add(new Work(rule, schemas));
          return rule;
        });
  }

  /** One blank, or a line break and an indentation. */
  private void addSpace() {
    grammar.bytes(space.start(), ' ', ' ', space.end());
    int at = grammar.text(space.start(), "\n");
    for (int i = 0; i <= MAX_INDENT; i++) {
      grammar.free(at, space.end());
      int next = grammar.node();
      grammar.bytes(at, ' ', ' ', next);
      at = next;
    }
  }

  /** Optional white space; returns the node behind it. */
  private int space(int from) {
    int to = grammar.node();
    grammar.free(from, to);
    grammar.call(from, space, to);
    return to;
  }

  private void addValue(Rule rule, Conjunction schema) {
    budget.at(schema.path());
    List<JsonNode> listed = schema.listedValues();
    if (listed != null) {
      addListed(rule, schema, listed);
      return;
    }
    Set<JsonType> types = schema.types();
    for (JsonType type : types) {
      switch (type) {
        case NULL -> addText(rule, "null");
        case BOOLEAN -> {
          addText(rule, "true");
          addText(rule, "false");
        }
        case INTEGER -> {
          if (!types.contains(JsonType.FRACTION)) {
            addNumber(rule, numbers(schema, true));
          }
        }
        case FRACTION -> addNumber(rule, numbers(schema, false));
        case STRING -> grammar.free(strings.add(rule.start(), strings(schema)), rule.end());
        case ARRAY -> addArray(rule, schema);
        case OBJECT -> new ObjectRules(schema).add(rule);
      }
    }
  }

  private void addText(Rule rule, String text) {
    grammar.free(grammar.text(rule.start(), text), rule.end());
  }

  private void addListed(Rule rule, Conjunction schema, List<JsonNode> listed) {
    if (listed.size() > MAX_LISTED) {
      throw new SchemaException(
          schema.path(),
          "enum has %d values, the limit is %d".formatted(listed.size(), MAX_LISTED));
    }
    CharAutomaton strings =
        schema.hasAny("minLength", "maxLength", "pattern", "format") ? strings(schema) : null;
    for (JsonNode value : listed) {
      if (schema.statedTypes().contains(JsonType.of(value)) && satisfies(value, schema, strings)) {
        addText(rule, value.toString());
      }
    }
  }

  private static boolean satisfies(
      JsonNode value, Conjunction schema, @Nullable CharAutomaton strings) {
    return switch (JsonType.of(value)) {
      case NULL, BOOLEAN -> true;
      case INTEGER, FRACTION -> schema.admits(value.decimalValue());
      case STRING -> strings == null || strings.accepts(value.textValue());
      case ARRAY -> requireNone(schema, "items", "prefixItems", "minItems", "maxItems");
      case OBJECT ->
          requireNone(
              schema,
              "properties",
              "required",
              "additionalProperties",
              "minProperties",
              "maxProperties");
    };
  }

  private static boolean requireNone(Conjunction schema, String... keywords) {
    for (String keyword : keywords) {
      if (schema.hasAny(keyword)) {
        throw new SchemaException(
            schema.path(),
            "the keyword %s beside enum or const is not supported".formatted(keyword));
      }
    }
    return true;
  }

  private CharAutomaton strings(Conjunction schema) {
    int min = schema.largest("minLength", MAX_LENGTH);
    int max = schema.smallest("maxLength", MAX_LENGTH);
    if (max >= 0 && min > max) {
      return CharAutomaton.words(List.of(), budget);
    }
    CharAutomaton all = CharAutomaton.lengths(min, max, budget);
    for (Located part : schema.parts()) {
      if (part.has("pattern")) {
        Regex pattern = PatternParser.parse(part.schema().get("pattern").asText(), part.path());
        all = all.intersect(RegexAutomaton.of(pattern, budget), budget);
      }
      if (part.has("format")) {
        String format = part.schema().get("format").asText();
        all = all.intersect(Formats.automaton(format, part.path(), budget), budget);
      }
    }
    return all;
  }

  private CharAutomaton numbers(Conjunction schema, boolean integers) {
    boolean divisible = schema.hasAny("multipleOf");
    NumberAutomata automata = new NumberAutomata(schema.path(), budget);
    CharAutomaton all = automata.between(integers || divisible, schema.lower(), schema.upper());
    for (Located part : schema.parts()) {
      if (part.has("multipleOf")) {
        JsonNode divisor = part.schema().get("multipleOf");
        if (JsonType.of(divisor) != JsonType.INTEGER
            || divisor.decimalValue().intValue() > MAX_DIVISOR
            || !divisor.canConvertToInt()) {
          throw new SchemaException(
              part.path(),
              "the keyword multipleOf is supported for integers from 1 to %d, not %s"
                  .formatted(MAX_DIVISOR, divisor.asText()));
        }
        all = all.intersect(CharAutomaton.multiplesOf(divisor.intValue(), budget), budget);
      }
    }
    return all;
  }

  private void addNumber(Rule rule, CharAutomaton numbers) {
    int[] nodes = new int[numbers.states()];
    for (int state = 0; state < nodes.length; state++) {
      nodes[state] = state == 0 ? rule.start() : grammar.node();
    }
    for (int state = 0; state < nodes.length; state++) {
      if (numbers.accepts(state)) {
        grammar.free(nodes[state], rule.end());
      }
      for (CharAutomaton.Transition step : numbers.transitions(state)) {
        grammar.bytes(nodes[state], step.first(), step.last(), nodes[step.target()]);
      }
    }
  }

  private void addArray(Rule rule, Conjunction schema) {
    int min = schema.largest("minItems", MAX_ITEMS);
    int max = schema.smallest("maxItems", MAX_ITEMS);
    int counted = Math.max(1, Math.max(Math.max(min, max), schema.prefix() + 1));
    int open = grammar.text(rule.start(), "[");
    if (min == 0) {
      grammar.free(grammar.text(open, "]"), rule.end());
    }
    int close = grammar.node();
    grammar.free(grammar.text(space(close), "]"), rule.end());
    int before = space(open);
    for (int i = 0; i < counted && (max < 0 || i < max); i++) {
      int after = grammar.node();
      grammar.call(before, value(schema.item(i)), after);
      if (i + 1 >= min) {
        grammar.free(after, close);
      }
      before = space(grammar.text(after, ","));
      if (max < 0 && i + 1 == counted) {
        grammar.call(before, value(schema.item(i)), after);
      }
    }
  }

  /** The objects of a schema: a chain of its properties, with and without one before. */
  private final class ObjectRules {
    private final Conjunction schema;
    private final List<String> names;
    private final Set<String> required;

    ObjectRules(Conjunction schema) {
      this.schema = schema;
      required = schema.required();
      Set<String> all = schema.properties();
      all.addAll(required);
      names = new ArrayList<>(all);
    }

    void add(Rule rule) {
      requireCounts();
      int open = grammar.text(rule.start(), "{");
      int empty = open; // no property so far
      int filled = grammar.node();
      int before = grammar.node(); // behind a property: none comes before the first
      for (String name : names) {
        Rule value = value(schema.property(name));
        int after = grammar.node();
        int nextEmpty = grammar.node();
        String key = TextNode.valueOf(name).toString();
        int first = grammar.text(space(empty), key);
        int later = grammar.text(space(grammar.text(before, ",")), key);
        grammar.call(space(grammar.text(first, ":")), value, after);
        grammar.call(space(grammar.text(later, ":")), value, after);
        if (!required.contains(name)) {
          grammar.free(empty, nextEmpty);
          grammar.free(before, after);
        }
        empty = nextEmpty;
        before = after;
      }
      if (schema.isOpen()) {
        addOthers(empty, filled);
      }
      grammar.free(grammar.text(empty, "}"), rule.end());
      grammar.free(before, filled);
      grammar.free(grammar.text(space(filled), "}"), rule.end());
    }

    /** Any number of properties whose names are not taken. */
    private void addOthers(int empty, int filled) {
      CharAutomaton free =
          CharAutomaton.lengths(0, -1, budget).minus(CharAutomaton.words(names, budget), budget);
      Rule member = grammar.rule();
      int key = strings.add(member.start(), free);
      grammar.call(
          space(grammar.text(key, ":")), value(schema.additionalProperties()), member.end());
      grammar.call(space(empty), member, filled);
      grammar.call(space(grammar.text(filled, ",")), member, filled);
    }

    private void requireCounts() {
      for (Located part : schema.parts()) {
        boolean tooFew = part.schema().path("minProperties").doubleValue() > required.size();
        boolean tooMany =
            part.has("maxProperties")
                && (schema.isOpen()
                    || part.schema().get("maxProperties").doubleValue() < names.size());
        if (tooFew || tooMany) {
          throw Keywords.unsupported(part, tooFew ? "minProperties" : "maxProperties");
        }
      }
    }
  }
}
