package dev.whit.constraint;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.SplittableRandom;

/** Random schemas of everything that is supported. */
final class RandomSchemas {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> NAMES =
      List.of("a", "name", "größe", "x y", "q\"uote", "back\\slash", "🙂", "$ref", "");
  private static final List<String> PATTERNS =
      List.of(
          "^[a-z]+$",
          "^(foo|bar){1,3}$",
          "\\d{2,}",
          "^\\w+@\\w+\\.com$",
          "x.y",
          "^[^a-z]{2,5}$",
          "^ü?[é-ö]*\\S$",
          "a|^b",
          "^\\s\\W\\D$",
          "^\\u0041[\\]\\-x]?$",
          "^\"\\\\\"$");
  private static final List<String> FORMATS =
      List.of(
          "date",
          "time",
          "date-time",
          "duration",
          "uuid",
          "email",
          "hostname",
          "ipv4",
          "ipv6",
          "uri");

  private final SplittableRandom random;
  private int definitions;

  RandomSchemas(SplittableRandom random) {
    this.random = random;
  }

  /** A schema with definitions that refer to each other. */
  ObjectNode schema() {
    definitions = 1 + random.nextInt(3);
    ObjectNode root = value(0);
    ObjectNode defs = JSON.createObjectNode();
    for (int i = 0; i < definitions; i++) {
      // A way out at every turn, or the schema might have no finite value.
      ObjectNode definition = JSON.createObjectNode();
      definition.putArray("anyOf").add(JSON.createObjectNode().put("type", "null")).add(object(2));
      defs.set("d" + i, definition);
    }
    root.set("$defs", defs);
    return root;
  }

  private boolean chance(int oneIn) {
    return random.nextInt(oneIn) == 0;
  }

  private ObjectNode value(int depth) {
    int kinds = depth > 3 ? 7 : 13;
    return switch (random.nextInt(kinds)) {
      case 0 -> JSON.createObjectNode().put("type", "boolean");
      case 1 -> integer();
      case 2 -> number();
      case 3, 4 -> string();
      case 5 -> listed();
      case 6 -> types();
      case 7, 8 -> object(depth);
      case 9 -> array(depth);
      case 10 -> anyOf(depth);
      case 11 -> oneOf(depth);
      default -> reference();
    };
  }

  private ObjectNode types() {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode types = schema.putArray("type").add("null").add("string");
    if (chance(2)) {
      types.add("integer");
      schema.put("minimum", 3);
    }
    return schema;
  }

  private ObjectNode integer() {
    ObjectNode schema = JSON.createObjectNode().put("type", "integer");
    long low = random.nextLong(-2000, 2000);
    if (chance(2)) {
      schema.put(chance(2) ? "minimum" : "exclusiveMinimum", low);
    }
    if (chance(2)) {
      schema.put(chance(2) ? "maximum" : "exclusiveMaximum", low + 60 + random.nextInt(100_000));
    }
    if (chance(4)) {
      schema.put("multipleOf", 1 + random.nextInt(24));
    }
    return schema;
  }

  private ObjectNode number() {
    ObjectNode schema = JSON.createObjectNode().put("type", "number");
    double low = random.nextInt(-4000, 4000) / 8.0;
    if (chance(2)) {
      schema.put(chance(2) ? "minimum" : "exclusiveMinimum", low);
    }
    if (chance(2)) {
      schema.put(chance(2) ? "maximum" : "exclusiveMaximum", low + 0.5 + random.nextInt(40) / 10.0);
    }
    return schema;
  }

  private ObjectNode string() {
    ObjectNode schema = JSON.createObjectNode().put("type", "string");
    switch (random.nextInt(5)) {
      case 0 -> schema.put("pattern", PATTERNS.get(random.nextInt(PATTERNS.size())));
      case 1 -> schema.put("format", FORMATS.get(random.nextInt(FORMATS.size())));
      case 2 -> schema.put("maxLength", 12).put("minLength", random.nextInt(13));
      case 3 -> schema.put("pattern", "^[ab🙂]*$").put("minLength", 2).put("maxLength", 30);
      default -> schema.put("maxLength", random.nextInt(40));
    }
    return schema;
  }

  private ObjectNode listed() {
    ObjectNode schema = JSON.createObjectNode();
    if (chance(3)) {
      return schema.put("const", NAMES.get(random.nextInt(NAMES.size())));
    }
    ArrayNode values = schema.putArray("enum").add("red").add(1).add(-2.5).add("gr\n\"ün\u0001");
    values.addNull().add(true);
    values.addObject().put("k", "v").putArray("l").add(1);
    if (chance(2)) {
      schema.put("type", chance(2) ? "string" : "number");
    } else if (chance(2)) {
      schema.put("minLength", 4).put("maximum", 0);
    }
    return schema;
  }

  private ObjectNode object(int depth) {
    ObjectNode schema = JSON.createObjectNode().put("type", "object");
    ObjectNode properties = schema.putObject("properties");
    ArrayNode required = schema.putArray("required");
    for (int i = random.nextInt(5); i > 0; i--) {
      String name = NAMES.get(random.nextInt(NAMES.size()));
      if (properties.has(name)) {
        continue;
      }
      properties.set(name, value(depth + 1));
      if (chance(2)) {
        required.add(name);
      }
    }
    switch (random.nextInt(4)) {
      case 0 -> schema.put("additionalProperties", false);
      case 1 -> schema.set("additionalProperties", value(depth + 2));
      case 2 -> {
        ObjectNode more = schema.putArray("allOf").addObject();
        more.putObject("properties").set("more", value(depth + 2));
        more.putArray("required").add("more");
      }
      default -> {}
    }
    return schema;
  }

  private ObjectNode array(int depth) {
    ObjectNode schema = JSON.createObjectNode().put("type", "array");
    if (chance(3)) {
      schema.putArray("prefixItems").add(value(depth + 1)).add(value(depth + 1));
    }
    if (chance(4)) {
      schema.put("items", false);
      schema.put("maxItems", 2);
    } else {
      schema.set("items", value(depth + 1));
      if (chance(2)) {
        schema.put("minItems", random.nextInt(3)).put("maxItems", 2 + random.nextInt(3));
      }
    }
    return schema;
  }

  private ObjectNode anyOf(int depth) {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode alternatives = schema.putArray("anyOf");
    for (int i = 1 + random.nextInt(3); i > 0; i--) {
      alternatives.add(value(depth + 1));
    }
    return schema;
  }

  /** Told apart by a property. */
  private ObjectNode oneOf(int depth) {
    ObjectNode schema = JSON.createObjectNode();
    ArrayNode alternatives = schema.putArray("oneOf");
    for (String kind : List.of("circle", "square")) {
      ObjectNode alternative = object(depth + 1);
      alternative.withObject("/properties").putObject("kind").put("const", kind);
      ((ArrayNode) alternative.get("required")).add("kind");
      alternatives.add(alternative);
    }
    alternatives.addObject().put("type", "integer");
    return schema;
  }

  private ObjectNode reference() {
    return JSON.createObjectNode().put("$ref", "#/$defs/d" + random.nextInt(definitions));
  }
}
