package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Whether something is a JSON Schema at all: asks the schema library. */
final class MetaSchema {
  private static final Map<String, VersionFlag> DIALECTS =
      Map.of(
          "https://json-schema.org/draft/2020-12/schema", VersionFlag.V202012,
          "https://json-schema.org/draft/2019-09/schema", VersionFlag.V201909,
          "http://json-schema.org/draft-07/schema", VersionFlag.V7);

  private static final Map<VersionFlag, JsonSchema> LOADED = new ConcurrentHashMap<>();

  private MetaSchema() {}

  /**
   * Checks a schema against the schema of its dialect, 2020-12 where it states none.
   *
   * @throws SchemaException if it is none
   */
  static void check(JsonNode schema) {
    requirePlain(new Located(schema, "#"));
    LOADED.computeIfAbsent(dialect(schema), MetaSchema::load).validate(schema).stream()
        .min(Comparator.comparing(ValidationMessage::getMessage))
        .ifPresent(first -> {
          throw new SchemaException(
              "#" + first.getInstanceLocation().toString().replaceFirst("^\\$\\.?", "/"),
              "this is not a valid JSON Schema: " + first.getMessage());
        });
  }

  /** Numbers must be finite and strings text, or they could be neither compared nor written. */
  private static void requirePlain(Located located) {
    JsonNode value = located.schema();
    if (value.isDouble() && !Double.isFinite(value.doubleValue())) {
      throw new SchemaException(located.path(), "a number is too large");
    }
    if (value.isTextual()) {
      requireText(value.textValue(), located.path());
    }
    for (int i = 0; value.isArray() && i < value.size(); i++) {
      requirePlain(new Located(value.get(i), located.path() + "/" + i));
    }
    value
        .fieldNames()
        .forEachRemaining(name -> {
          requireText(name, located.path());
          requirePlain(located.at(name));
        });
  }

  private static void requireText(String text, String path) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new SchemaException(path, "a string has half of a surrogate pair");
    }
  }

  private static JsonSchema load(VersionFlag version) {
    return JsonSchemaFactory.getInstance(version).getSchema(SchemaLocation.of(version.getId()));
  }

  private static VersionFlag dialect(JsonNode schema) {
    JsonNode stated = schema.path("$schema");
    if (stated.isMissingNode()) {
      return VersionFlag.V202012;
    }
    VersionFlag version = DIALECTS.get(stated.asText().replaceFirst("#$", ""));
    if (version == null) {
      throw new SchemaException(
          "#", "$schema must be one of %s".formatted(String.join(", ", DIALECTS.keySet())));
    }
    if (version != VersionFlag.V202012 && !schema.findValues("prefixItems").isEmpty()) {
      throw new SchemaException("#", "prefixItems is of draft 2020-12, $schema names another");
    }
    return version;
  }
}
