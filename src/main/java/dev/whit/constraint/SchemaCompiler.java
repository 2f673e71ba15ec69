package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.whit.constraint.GrammarBuilder.Rule;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes a grammar of a JSON Schema: its texts are JSON and valid, though not all such texts. A
 * property comes in the order of its description, a character has one spelling, white space is
 * bounded, and what a schema leaves open is chosen as {@link Conjunction} says.
 */
final class SchemaCompiler {
  private static final int MAX_ITEMS = 4096;
  private static final int MAX_INDENT = 16;

  private static final Located OBJECT =
      new Located(JsonNodeFactory.instance.objectNode().put("type", "object"), "#object");

  private final CompileBudget budget;
  private final SchemaDocument document;
  private final GrammarBuilder grammar;
  private final StringRules strings;
  private final ScalarAutomata scalars;
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
    scalars = new ScalarAutomata(budget);
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

  /** The rule of values that satisfy all of some schemas. */
  Rule value(List<Located> schemas) {
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
  int space(int from) {
    int to = grammar.node();
    grammar.free(from, to);
    grammar.call(from, space, to);
    return to;
  }

  private void addValue(Rule rule, Conjunction schema) {
    budget.at(schema.path());
    List<JsonNode> listed = schema.listedValues();
    if (listed != null) {
      ListedValues.satisfying(schema, listed, scalars)
          .forEach(value -> addText(rule, value.toString()));
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
            addNumber(rule, scalars.numbers(schema, true));
          }
        }
        case FRACTION -> addNumber(rule, scalars.numbers(schema, false));
        case STRING -> grammar.free(strings.add(rule.start(), scalars.strings(schema)), rule.end());
        case ARRAY -> addArray(rule, schema);
        case OBJECT -> new ObjectRules(this, schema, grammar).add(rule);
      }
    }
  }

  private void addText(Rule rule, String text) {
    grammar.free(grammar.text(rule.start(), text), rule.end());
  }

  /** Adds a string that is none of the given ones; returns the node behind it. */
  int addOtherString(int from, List<String> taken) {
    CharAutomaton all = CharAutomaton.lengths(0, -1, budget);
    return strings.add(from, all.minus(CharAutomaton.words(taken, budget), budget));
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
}
