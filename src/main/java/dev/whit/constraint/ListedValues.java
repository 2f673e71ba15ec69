package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values of {@code enum} and {@code const} beside other keywords. */
final class ListedValues {
  private static final int MAX_LISTED = 4096;

  private ListedValues() {}

  /**
   * Those of the listed values that satisfy the rest of a schema.
   *
   * @throws SchemaException if they are too many, or the rest is about the inside of arrays or
   *     objects
   */
  static List<JsonNode> satisfying(
      Conjunction schema, List<JsonNode> listed, ScalarAutomata scalars) {
    if (listed.size() > MAX_LISTED) {
      throw new SchemaException(
          schema.path(),
          "enum has %d values, the limit is %d".formatted(listed.size(), MAX_LISTED));
    }
    CharAutomaton strings =
        schema.hasAny("minLength", "maxLength", "pattern", "format")
            ? scalars.strings(schema)
            : null;
    return listed.stream()
        .filter(value -> schema.statedTypes().contains(JsonType.of(value)))
        .filter(value -> satisfies(value, schema, strings))
        .toList();
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
}
