package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * Proves that no value satisfies two schemas at once, so that one of them is exactly one: their
 * types differ, their listed values do, or a property does that one of them requires.
 */
final class Disjointness {
  private static final int MAX_DEPTH = 4;

  /** Most {@code oneOf} that are looked into for the sake of each other. */
  private static final int MAX_NESTED = 32;

  private final SchemaDocument document;

  /** Where it has been required, or is being: schemas may lead back to themselves. */
  private final Set<String> required = new HashSet<>();

  private int nested;

  Disjointness(SchemaDocument document) {
    this.document = document;
  }

  /**
   * Refuses a {@code oneOf} that is not known to be an {@code anyOf}.
   *
   * @throws SchemaException if two may hold at once
   */
  void require(String path, List<Located> alternatives) {
    if (!required.add(path)) {
      return;
    }
    if (nested == MAX_NESTED) {
      throw new SchemaException(path, "oneOf is nested deeper than " + MAX_NESTED);
    }
    nested++;
    requireEach(path, alternatives);
    nested--;
  }

  private void requireEach(String path, List<Located> alternatives) {
    for (int i = 0; i < alternatives.size(); i++) {
      for (int j = i + 1; j < alternatives.size(); j++) {
        if (!areDisjoint(List.of(alternatives.get(i)), List.of(alternatives.get(j)), 0)) {
          throw new SchemaException(
              path,
              "oneOf/%d and oneOf/%d may both hold for a value: the keyword oneOf is supported where types, listed values or a required property with listed values tell its schemas apart; use anyOf"
                  .formatted(i, j));
        }
      }
    }
  }

  private boolean areDisjoint(List<Located> a, List<Located> b, int depth) {
    List<Conjunction> waysOfB = document.expand(b);
    return document.expand(a).stream()
        .allMatch(first -> waysOfB.stream().allMatch(second -> areDisjoint(first, second, depth)));
  }

  private boolean areDisjoint(Conjunction a, Conjunction b, int depth) {
    Set<JsonType> common = a.possibleTypes();
    common.retainAll(b.possibleTypes());
    if (common.isEmpty()) {
      return true;
    }
    List<JsonNode> valuesOfA = a.listedValues();
    List<JsonNode> valuesOfB = b.listedValues();
    if (valuesOfA != null && valuesOfB != null) {
      return valuesOfA.stream().noneMatch(value -> contains(valuesOfB, value));
    }
    return common.equals(EnumSet.of(JsonType.OBJECT))
        && depth < MAX_DEPTH
        && haveDisjointProperty(a, b, depth);
  }

  static boolean contains(List<JsonNode> values, JsonNode value) {
    return values.stream().anyMatch(other -> areEqual(value, other));
  }

  /** 1 and 1.0 are the same number to JSON Schema. */
  private static boolean areEqual(JsonNode a, JsonNode b) {
    return a.equals(
        (x, y) ->
            x.isNumber() && y.isNumber()
                ? x.decimalValue().compareTo(y.decimalValue())
                : Objects.equals(x, y) ? 0 : 1,
        b);
  }

  private boolean haveDisjointProperty(Conjunction a, Conjunction b, int depth) {
    Set<String> names = new TreeSet<>(a.required());
    names.addAll(b.required());
    Set<String> described = new HashSet<>(a.properties());
    described.addAll(b.properties());
    names.retainAll(described);
    return names.stream()
        .anyMatch(name -> areDisjoint(a.property(name), b.property(name), depth + 1));
  }
}
