package dev.whit.constraint;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.whit.constraint.GrammarBuilder.Rule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The objects of a schema: a chain of its properties, with and without one before. */
final class ObjectRules {
  private final SchemaCompiler compiler;
  private final GrammarBuilder grammar;
  private final Conjunction schema;
  private final List<String> names;
  private final Set<String> required;

  ObjectRules(SchemaCompiler compiler, Conjunction schema, GrammarBuilder grammar) {
    this.compiler = compiler;
    this.grammar = grammar;
    this.schema = schema;
    required = schema.required();
    Set<String> all = schema.properties();
    all.addAll(required);
    names = new ArrayList<>(all);
  }

  /** Adds them to a rule. */
  void add(Rule rule) {
    requireCounts();
    int open = grammar.text(rule.start(), "{");
    int empty = open; // no property so far
    int filled = grammar.node();
    int before = grammar.node(); // behind a property: none comes before the first
    for (String name : names) {
      Rule value = compiler.value(schema.property(name));
      int after = grammar.node();
      int nextEmpty = grammar.node();
      String key = TextNode.valueOf(name).toString();
      int first = grammar.text(compiler.space(empty), key);
      int later = grammar.text(compiler.space(grammar.text(before, ",")), key);
      grammar.call(compiler.space(grammar.text(first, ":")), value, after);
      grammar.call(compiler.space(grammar.text(later, ":")), value, after);
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
    grammar.free(grammar.text(compiler.space(filled), "}"), rule.end());
  }

  /** Any number of properties whose names are not taken. */
  private void addOthers(int empty, int filled) {
    Rule member = grammar.rule();
    int key = compiler.addOtherString(member.start(), names);
    grammar.call(
        compiler.space(grammar.text(key, ":")),
        compiler.value(schema.additionalProperties()),
        member.end());
    grammar.call(compiler.space(empty), member, filled);
    grammar.call(compiler.space(grammar.text(filled, ",")), member, filled);
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
