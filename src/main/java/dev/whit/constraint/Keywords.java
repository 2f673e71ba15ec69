package dev.whit.constraint;

import static dev.whit.constraint.JsonType.ARRAY;
import static dev.whit.constraint.JsonType.FRACTION;
import static dev.whit.constraint.JsonType.INTEGER;
import static dev.whit.constraint.JsonType.OBJECT;
import static dev.whit.constraint.JsonType.STRING;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The keywords of JSON Schema: those that say something about values of one type, and those that
 * are refused. All others that are not handled are annotations, to us as to the standard.
 */
final class Keywords {
  /** Types that a keyword is about: a schema without {@code type} means these. */
  private static final Map<String, Set<JsonType>> TYPES =
      Map.ofEntries(
          Map.entry("properties", EnumSet.of(OBJECT)),
          Map.entry("required", EnumSet.of(OBJECT)),
          Map.entry("additionalProperties", EnumSet.of(OBJECT)),
          Map.entry("minProperties", EnumSet.of(OBJECT)),
          Map.entry("maxProperties", EnumSet.of(OBJECT)),
          Map.entry("items", EnumSet.of(ARRAY)),
          Map.entry("prefixItems", EnumSet.of(ARRAY)),
          Map.entry("minItems", EnumSet.of(ARRAY)),
          Map.entry("maxItems", EnumSet.of(ARRAY)),
          Map.entry("minLength", EnumSet.of(STRING)),
          Map.entry("maxLength", EnumSet.of(STRING)),
          Map.entry("pattern", EnumSet.of(STRING)),
          Map.entry("format", EnumSet.of(STRING)),
          Map.entry("minimum", EnumSet.of(INTEGER, FRACTION)),
          Map.entry("maximum", EnumSet.of(INTEGER, FRACTION)),
          Map.entry("exclusiveMinimum", EnumSet.of(INTEGER, FRACTION)),
          Map.entry("exclusiveMaximum", EnumSet.of(INTEGER, FRACTION)),
          Map.entry("multipleOf", EnumSet.of(INTEGER, FRACTION)));

  /** What is refused, and the values that ask for nothing. */
  private static final Map<String, Predicate<JsonNode>> REFUSED =
      Map.ofEntries(
          Map.entry("not", value -> false),
          Map.entry("if", value -> false),
          Map.entry("then", value -> false),
          Map.entry("else", value -> false),
          Map.entry("patternProperties", JsonNode::isEmpty),
          Map.entry("propertyNames", Keywords::isTrue),
          Map.entry("dependentRequired", JsonNode::isEmpty),
          Map.entry("dependentSchemas", JsonNode::isEmpty),
          Map.entry("dependencies", JsonNode::isEmpty),
          Map.entry("unevaluatedProperties", Keywords::isTrue),
          Map.entry("unevaluatedItems", Keywords::isTrue),
          Map.entry("additionalItems", Keywords::isTrue),
          Map.entry("contains", value -> false),
          Map.entry("minContains", value -> false),
          Map.entry("maxContains", value -> false),
          Map.entry("uniqueItems", value -> !value.asBoolean()),
          Map.entry("$anchor", value -> false),
          Map.entry("$dynamicRef", value -> false),
          Map.entry("$dynamicAnchor", value -> false),
          Map.entry("$recursiveRef", value -> false),
          Map.entry("$recursiveAnchor", value -> false),
          Map.entry("$vocabulary", value -> false));

  private Keywords() {}

  private static boolean isTrue(JsonNode value) {
    return value.isBoolean() ? value.booleanValue() : value.isObject() && value.isEmpty();
  }

  /**
   * Refuses a schema that asks for what is not built.
   *
   * @throws SchemaException that names the keyword
   */
  static void requireSupported(Located located) {
    for (String keyword : (Iterable<String>) located.schema()::fieldNames) {
      Predicate<JsonNode> asksForNothing = REFUSED.get(keyword);
      if (asksForNothing != null && !asksForNothing.test(located.schema().get(keyword))) {
        throw unsupported(located, keyword);
      }
    }
    if (located.schema().path("items").isArray()) {
      throw new SchemaException(
          located.path(), "items must be one schema; use prefixItems for a list of them");
    }
    if (located.has("$id") && !located.path().equals("#")) {
      throw unsupported(located, "$id");
    }
  }

  static SchemaException unsupported(Located located, String keyword) {
    return new SchemaException(
        located.path(), "the keyword %s is not supported".formatted(keyword));
  }

  /** The types that a schema's keywords are about; empty if they are about none or all. */
  static Set<JsonType> hinted(Located located) {
    Set<JsonType> types = EnumSet.noneOf(JsonType.class);
    for (String keyword : (Iterable<String>) located.schema()::fieldNames) {
      types.addAll(TYPES.getOrDefault(keyword, Set.of()));
    }
    return types;
  }
}
