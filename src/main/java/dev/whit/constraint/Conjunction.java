package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schemas that all hold at once, none of which combines others: what they say together about a
 * value of each type.
 *
 * @param parts the schemas; none is any value
 */
record Conjunction(List<Located> parts) {
  Conjunction {
    parts = List.copyOf(parts);
  }

  /** Path of the first part, for errors. */
  String path() {
    return parts.isEmpty() ? "#" : parts.getFirst().path();
  }

  /** The types that {@code type} leaves. */
  Set<JsonType> statedTypes() {
    Set<JsonType> types = EnumSet.allOf(JsonType.class);
    for (Located part : parts) {
      JsonNode stated = part.schema().path("type");
      if (!stated.isMissingNode()) {
        Set<JsonType> named = EnumSet.noneOf(JsonType.class);
        if (stated.isTextual()) {
          named.addAll(JsonType.named(stated.textValue()));
        }
        stated.forEach(name -> named.addAll(JsonType.named(name.textValue())));
        types.retainAll(named);
      }
    }
    return types;
  }

  /** The types that a value can have: stated, and of a listed value where values are listed. */
  Set<JsonType> possibleTypes() {
    Set<JsonType> types = statedTypes();
    List<JsonNode> listed = listedValues();
    if (listed != null) {
      Set<JsonType> ofListed = EnumSet.noneOf(JsonType.class);
      listed.forEach(value -> ofListed.add(JsonType.of(value)));
      types.retainAll(ofListed);
    }
    return types;
  }

  /**
   * The types to generate: those stated. Where none is, those that other keywords are about, which
   * is what a schema without {@code type} means to say.
   */
  Set<JsonType> types() {
    Set<JsonType> types = statedTypes();
    if (parts.stream().noneMatch(part -> part.has("type"))) {
      Set<JsonType> hinted = EnumSet.noneOf(JsonType.class);
      parts.forEach(part -> hinted.addAll(Keywords.hinted(part)));
      if (!hinted.isEmpty()) {
        types.retainAll(hinted);
      }
    }
    return types;
  }

  /** The values that {@code enum} and {@code const} leave, null where there is neither. */
  @Nullable List<JsonNode> listedValues() {
    List<JsonNode> values = null;
    for (Located part : parts) {
      if (part.has("const")) {
        values = common(values, List.of(part.schema().get("const")));
      }
      if (part.has("enum")) {
        List<JsonNode> listed = new ArrayList<>();
        part.schema().get("enum").forEach(listed::add);
        values = common(values, listed);
      }
    }
    return values;
  }

  private static List<JsonNode> common(@Nullable List<JsonNode> values, List<JsonNode> others) {
    return values == null
        ? others
        : values.stream().filter(value -> Disjointness.contains(others, value)).toList();
  }

  /** Whether any part has one of the keywords. */
  boolean hasAny(String... keywords) {
    return parts.stream().anyMatch(part -> List.of(keywords).stream().anyMatch(part.schema()::has));
  }

  /** The largest of a keyword's numbers, 0 if there is none. */
  int largest(String keyword, int limit) {
    return parts.stream()
        .filter(part -> part.has(keyword))
        .mapToInt(part -> count(part, keyword, limit))
        .max()
        .orElse(0);
  }

  /** The smallest of a keyword's numbers, −1 if there is none. */
  int smallest(String keyword, int limit) {
    return parts.stream()
        .filter(part -> part.has(keyword))
        .mapToInt(part -> count(part, keyword, limit))
        .min()
        .orElse(-1);
  }

  private static int count(Located part, String keyword, int limit) {
    BigDecimal count = part.schema().get(keyword).decimalValue();
    if (count.compareTo(BigDecimal.valueOf(limit)) > 0) {
      throw new SchemaException(
          part.path(),
          "%s is %s, the limit is %d"
              .formatted(keyword, part.schema().get(keyword).asText(), limit));
    }
    return count.intValue();
  }

  /** Names of the properties that are described, in their order. */
  Set<String> properties() {
    Set<String> names = new LinkedHashSet<>();
    parts.forEach(
        part -> part.schema().path("properties").fieldNames().forEachRemaining(names::add));
    return names;
  }

  /** Names of the properties that there must be, in their order. */
  Set<String> required() {
    Set<String> names = new LinkedHashSet<>();
    parts.forEach(part -> part.schema().path("required").forEach(name -> names.add(name.asText())));
    return names;
  }

  /** The schemas of a property, all of which hold. */
  List<Located> property(String name) {
    List<Located> schemas = new ArrayList<>();
    for (Located part : parts) {
      if (part.schema().path("properties").has(name)) {
        schemas.add(part.at("properties", name));
      } else if (part.has("additionalProperties")) {
        schemas.add(part.at("additionalProperties"));
      }
    }
    return schemas;
  }

  /** The schemas of properties that are not described, all of which hold. */
  List<Located> additionalProperties() {
    return parts.stream()
        .filter(part -> part.has("additionalProperties"))
        .map(part -> part.at("additionalProperties"))
        .toList();
  }

  /**
   * Whether properties that are not described are generated: if it is said that there may be some,
   * or nothing is said about properties at all.
   */
  boolean isOpen() {
    return parts.stream()
        .allMatch(part -> {
          JsonNode others = part.schema().path("additionalProperties");
          return others.isMissingNode()
              ? !part.has("properties")
              : !others.isBoolean() || others.booleanValue();
        });
  }

  /** The schemas of an array's element, all of which hold. */
  List<Located> item(int index) {
    List<Located> schemas = new ArrayList<>();
    for (Located part : parts) {
      if (index < part.schema().path("prefixItems").size()) {
        schemas.add(part.at("prefixItems", index));
      } else if (part.has("items")) {
        schemas.add(part.at("items"));
      }
    }
    return schemas;
  }

  /** Number of first elements that have schemas of their own. */
  int prefix() {
    return parts.stream()
        .mapToInt(part -> part.schema().path("prefixItems").size())
        .max()
        .orElse(0);
  }

  /** The highest lower bound of numbers, null if there is none. */
  NumberAutomata.@Nullable Bound lower() {
    return bound("minimum", "exclusiveMinimum", 1);
  }

  /** The lowest upper bound of numbers, null if there is none. */
  NumberAutomata.@Nullable Bound upper() {
    return bound("maximum", "exclusiveMaximum", -1);
  }

  /** Whether a number is within the bounds and divisible. */
  boolean admits(BigDecimal number) {
    NumberAutomata.Bound lower = lower();
    NumberAutomata.Bound upper = upper();
    return (lower == null || lower.isBelow(number))
        && (upper == null || upper.negated().isBelow(number.negate()))
        && parts.stream()
            .filter(part -> part.has("multipleOf"))
            .map(part -> part.schema().get("multipleOf").decimalValue())
            .allMatch(divisor -> number.remainder(divisor).signum() == 0);
  }

  private NumberAutomata.@Nullable Bound bound(String keyword, String strict, int sign) {
    NumberAutomata.Bound tightest = null;
    for (Located part : parts) {
      for (String name : List.of(keyword, strict)) {
        if (part.has(name)) {
          NumberAutomata.Bound bound =
              new NumberAutomata.Bound(part.schema().get(name).decimalValue(), name.equals(strict));
          int order = tightest == null ? 1 : sign * bound.value().compareTo(tightest.value());
          if (order > 0 || (order == 0 && bound.strict())) {
            tightest = bound;
          }
        }
      }
    }
    return tightest;
  }
}
