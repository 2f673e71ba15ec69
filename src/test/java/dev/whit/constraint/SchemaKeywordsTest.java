package dev.whit.constraint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.backend.TokenConstraint;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What schemas let through byte by byte, and what they are refused for. */
class SchemaKeywordsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<byte[]> BYTES = Vocabularies.random(new SplittableRandom(1), 0);

  private static TokenConstraint constraint(String schema) throws JsonProcessingException {
    JsonNode parsed = JSON.readTree(schema);
    return new JsonConstraints(Vocabularies.of(BYTES)).schema(parsed);
  }

  /** Whether a text may be the whole answer. */
  private static boolean accepts(TokenConstraint constraint, String text) {
    TokenConstraint.Position position = constraint.start();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int token = Byte.toUnsignedInt(b);
      if (!position.allows(token)) {
        return false;
      }
      position = position.after(token);
    }
    return position.mayEnd();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '\u0001',
      textBlock =
          """
          true ¦ {"a": [1, -2.5e3, "x", null, true, {}]}, [], 0, "\\"\\\\\\n" ¦ 01, [1,], {"a"}, tru, "\\x", +1, .5
          {"type": "string", "minLength": 2, "maxLength": 3} ¦ "ab", "🙂é€", "\\n\\"" ¦ "a", "abcd", 1
          {"type": "string", "pattern": "b+$"} ¦ "b", "abb" ¦ "ba", ""
          {"type": "string", "pattern": "^a|b$", "maxLength": 2} ¦ "a", "ab", "xb" ¦ "ba", "axb"
          {"type": "string", "format": "date"} ¦ "2024-02-28" ¦ "2024-13-01", "2024-02-30", "24-1-1"
          {"type": "string", "format": "ipv4"} ¦ "255.0.10.1" ¦ "256.0.0.1", "1.1.1"
          {"type": "integer", "minimum": -5, "maximum": 120} ¦ -5, 0, 7, 99, 120 ¦ -6, 121, 1000, 1.0, -0, 007
          {"type": "integer", "exclusiveMinimum": 9, "exclusiveMaximum": 11} ¦ 10 ¦ 9, 11
          {"type": "integer", "multipleOf": 7, "minimum": 0} ¦ 0, 7, 49, 700 ¦ 1, 8, -7
          {"type": "number", "minimum": 0.25, "exclusiveMaximum": 1.5} ¦ 0.25, 0.3, 1, 1.49, 1.0 ¦ 0.24, 1.5, 0, 2, 1e0, -1
          {"type": "number", "maximum": -1.5} ¦ -1.5, -2, -1.51 ¦ -1.4, 0, -1
          {"type": ["null", "boolean"]} ¦ null, true, false ¦ 1, "null"
          {"enum": ["a", 1, null, {"k": [1]}]} ¦ "a", 1, null, {"k":[1]} ¦ "b", 2
          {"enum": ["aa", "b", 7], "type": "string", "minLength": 2} ¦ "aa" ¦ "b", 7
          {"enum": [1e20, 5, -3, 2.5], "minimum": 0, "multipleOf": 2.5} ¦ 1.0E20, 5, 2.5 ¦ -3
          {"const": "x\\ty"} ¦ "x\\ty" ¦ "xty"
          {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2} ¦ [1], [1, 2], [1,2] ¦ [], [1,2,3], ["a"]
          {"type": "array", "prefixItems": [{"const": 1}, {"const": "b"}], "items": false} ¦ [], [1], [1, "b"] ¦ [2], [1,"b",1]
          {"type": "array", "prefixItems": [{"const": 1}], "items": {"const": 2}, "minItems": 3} ¦ [1,2,2], [1,2,2,2] ¦ [1,2], [2,2,2]
          {"type": "array", "uniqueItems": false, "maxItems": 0} ¦ [] ¦ [1]
          {"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}}, "required": ["b"]} ¦ {"a":1,"b":2}, {"b": 2} ¦ {"a":1}, {}, {"b":2,"a":1}, {"b":2,"c":1}
          {"type": "object", "properties": {"a": {"const": 1}}, "additionalProperties": {"const": 2}} ¦ {"a":1,"x":2}, {"ab":2,"":2}, {} ¦ {"a":2}, {"x":1}, {"x":2,"a":1}
          {"type": "object", "required": ["z"]} ¦ {"z": 1} ¦ {}, {"y": 1}
          {"type": "object", "properties": {}} ¦ {} ¦ {"a":1}
          {"type": "object"} ¦ {}, {"a": {"b": []}} ¦ [], 1
          {"properties": {"a": {"const": 1}}} ¦ {"a":1}, {} ¦ 1, "a", {"b":1}
          {"anyOf": [{"type": "integer"}, {"const": "x"}], "maximum": 9} ¦ 5, "x" ¦ 10, "y"
          {"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 1}]} ¦ 5, "x" ¦ 1.5, "xx"
          {"oneOf": [{"const": "x"}, {"type": "null"}, {"enum": [1, true]}]} ¦ "x", null, 1, true ¦ "y", false
          {"oneOf": [{"properties": {"k": {"const": "a"}, "n": {"const": 1}}, "required": ["k"], "type": "object"}, {"properties": {"k": {"enum": ["b", "c"]}}, "required": ["k"], "type": "object"}]} ¦ {"k":"a","n":1}, {"k":"c"} ¦ {"k":"d"}, {"k":"b","n":1}
          {"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"a": {"minimum": 3, "maximum": 9}, "b": {"const": 0}}}]} ¦ {"a":3}, {"a":4,"b":0} ¦ {"a":2}, {"b":0}
          {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"next": {"anyOf": [{"$ref": "#/$defs/n"}, {"type": "null"}]}}, "required": ["next"]}}} ¦ {"next":{"next":null}}, {"next":null} ¦ {}, {"next":1}
          {"definitions": {"a/b~c": {"const": 1}}, "$ref": "#/definitions/a~1b~0c", "title": "t", "x-other": [1]} ¦ 1 ¦ 2
          {"type": "object", "properties": {"a": {"type": "integer"}}, "maxProperties": 1, "minProperties": 1, "required": ["a"], "additionalProperties": false} ¦ {"a":1} ¦ {}
          """)
  void letsThroughWhatValidates(String schema, String accepted, String refused) throws Exception {
    TokenConstraint constraint = constraint(schema);
    assertThat(texts(accepted))
        .allSatisfy(text -> assertThat(accepts(constraint, text)).as(text).isTrue());
    assertThat(texts(refused))
        .allSatisfy(text -> assertThat(accepts(constraint, text)).as(text).isFalse());
  }

  /** Splits at the commas that are not inside of brackets. */
  private static List<String> texts(String list) {
    List<String> texts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
      if (depth == 0 && c == ',') {
        texts.add(list.substring(from, i).strip());
        from = i + 1;
      }
    }
    texts.add(list.substring(from).strip());
    return texts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "not",
        "if",
        "then",
        "else",
        "patternProperties",
        "propertyNames",
        "dependentRequired",
        "dependentSchemas",
        "unevaluatedProperties",
        "unevaluatedItems",
        "contains",
        "uniqueItems",
        "$anchor",
        "$dynamicRef",
        "$dynamicAnchor"
      })
  void namesTheKeywordThatIsNotSupported(String keyword) {
    String value =
        switch (keyword) {
          case "patternProperties", "dependentSchemas" -> "{\"a\": {}}";
          case "dependentRequired" -> "{\"a\": [\"b\"]}";
          case "uniqueItems" -> "true";
          case "propertyNames", "unevaluatedProperties", "unevaluatedItems" -> "false";
          case "$anchor", "$dynamicAnchor" -> "\"a\"";
          case "$dynamicRef" -> "\"#a\"";
          default -> "{}";
        };
    assertThatThrownBy(() ->
            constraint(
                "{\"items\": {\"properties\": {\"x/y\": {\"%s\": %s}}}}".formatted(keyword, value)))
        .isInstanceOf(SchemaException.class)
        .hasMessage(
            "at #/items/properties/x~1y: the keyword %s is not supported".formatted(keyword));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '\u0001',
      textBlock =
          """
          {"minContains": 1} ¦ the keyword minContains is not supported
          {"$ref": "#/nowhere"} ¦ $ref points to no schema: #/nowhere
          {"$ref": "other.json"} ¦ $ref must point into the schema
          {"$ref": "#"} ¦ $ref refers to itself
          {"anyOf": [{"$ref": "#"}, {"type": "null"}]} ¦ $ref refers to itself
          {"oneOf": [{"$ref": "#"}, {"type": "null"}]} ¦ $ref refers to itself
          {"oneOf": [{"type": "integer"}, {"type": "number"}]} ¦ oneOf/0 and oneOf/1 may both hold
          {"oneOf": [{"type": "string"}, {"properties": {}}]} ¦ oneOf/0 and oneOf/1 may both hold
          {"anyOf": [{}], "oneOf": [{}]} ¦ the keyword oneOf beside anyOf is not supported
          {"properties": {"a": {"type": "text"}}} ¦ this is not a valid JSON Schema
          {"minLength": -1} ¦ this is not a valid JSON Schema
          {"required": "a"} ¦ this is not a valid JSON Schema
          {"$schema": "http://json-schema.org/draft-04/schema#"} ¦ $schema must be one of
          {"$schema": "http://json-schema.org/draft-07/schema#", "prefixItems": [{}]} ¦ prefixItems is of draft 2020-12
          {"$schema": "http://json-schema.org/draft-07/schema#", "items": [{}]} ¦ items must be one schema
          {"properties": {"a": {"$id": "x"}}} ¦ the keyword $id is not supported
          {"type": "string", "maxLength": 1000000} ¦ maxLength is 1000000, the limit is 16384
          {"type": "array", "maxItems": 1e9} ¦ maxItems is
          {"type": "number", "multipleOf": 0.1} ¦ multipleOf is supported for integers
          {"type": "object", "minProperties": 1} ¦ the keyword minProperties is not supported
          {"type": "object", "maxProperties": 1} ¦ the keyword maxProperties is not supported
          {"const": {}, "required": ["a"]} ¦ the keyword required beside enum or const is not supported
          {"format": "regex"} ¦ format regex is not supported; supported are date, date-time
          {"pattern": "a(?<n>b)"} ¦ lookaround, a name or a flag
          {"pattern": "(a)\\\\1"} ¦ has \\1
          {"pattern": "\\\\bx"} ¦ has \\b
          {"pattern": "\\\\p{L}"} ¦ has \\p
          {"pattern": "a^"} ¦ an anchor that is not at an end
          {"pattern": "(^a)"} ¦ an anchor inside of a group
          {"pattern": "(a"} ¦ a group without its end
          {"pattern": "[a"} ¦ a class without its end
          {"pattern": "a**"} ¦ a quantifier with nothing before it
          {"pattern": "a{9999}"} ¦ repeats 9999 times, the limit is 4096
          {"pattern": "^(a|b)*a(a|b){24}$"} ¦ the schema is too complex
          {"pattern": "^((((a{99}){99}){99}){99})$"} ¦ the schema is too complex
          {"minimum": 1e999}                               ¦ at #/minimum: a number is too large
          {"enum": [[1, -1e999]]}                          ¦ at #/enum/0/1: a number is too large
          {"const": "\\ud800"}                           ¦ at #/const: a string has half of a surrogate pair
          {"properties": {"\\udc00": {}}}                ¦ at #/properties: a string has half of a surrogate pair
          {"minimum": 1e-40}                               ¦ more than 30 digits before or after its point
          {"type": "string", "enum": [1]} ¦ no value satisfies the schema
          {"minLength": 3, "maxLength": 2} ¦ no value satisfies the schema
          {"$ref": "#/$defs/a", "$defs": {"a": {"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/a"}}}}} ¦ no value satisfies the schema
          """)
  void saysWhyASchemaIsRefused(String schema, String message) {
    assertThatThrownBy(() -> constraint(schema))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesHostileSchemasInBoundedTime() {
    StringBuilder alternatives = new StringBuilder("{\"allOf\": [");
    for (int i = 0; i < 40; i++) {
      alternatives
          .append(i == 0 ? "" : ",")
          .append("{\"anyOf\": [{\"minimum\": 1}, {\"maximum\": 2}]}");
    }
    assertThatThrownBy(() -> constraint(alternatives + "]}"))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("anyOf and oneOf have more than 256 combinations");
    String manyLong =
        IntStream.range(0, 200)
            .mapToObj("\"p%d\": {\"type\": \"string\", \"maxLength\": 16384}"::formatted)
            .collect(Collectors.joining(",", "{\"properties\": {", "}}"));
    assertThatThrownBy(() -> constraint(manyLong))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("the schema is too complex");
  }

  @Test
  void refusesAChainOfReferencesInBoundedDepth() {
    String chain =
        IntStream.range(0, 20_000)
            .mapToObj(
                "\"c%1$d\": {\"oneOf\": [{\"$ref\": \"#/$defs/n%1$d\"}, {\"type\": \"null\"}]}"
                    ::formatted)
            .collect(Collectors.joining(","));
    String links =
        IntStream.range(0, 20_000)
            .mapToObj(i -> "\"n%d\": {\"$ref\": \"#/$defs/c%d\"}".formatted(i, i + 1))
            .collect(Collectors.joining(","));
    assertThatThrownBy(() ->
            constraint("{\"$ref\": \"#/$defs/c0\", \"$defs\": {%s,%s}}".formatted(chain, links)))
        .isInstanceOf(SchemaException.class)
        .hasMessageContaining("oneOf is nested deeper than 32");
  }

  @Test
  void aMaskIsBoundedByWork() throws Exception {
    // Every alternative has automata of its own: their product is never small.
    String alternatives =
        IntStream.range(0, 200)
            .mapToObj(i ->
                "{\"type\": \"string\", \"pattern\": \"^([a-z ]{%d}[0-9a-f])*$\"}".formatted(i + 2))
            .collect(Collectors.joining(","));
    TokenConstraint.Position position =
        constraint("{\"anyOf\": [%s]}".formatted(alternatives)).start().after('"');
    for (int i = 0; i < 300; i++) {
      position = position.after(position.allows('0') ? '0' : 'a');
    }
    while (!position.allows('"')) {
      position = position.after(position.allows('0') ? '0' : 'a');
    }
    assertThat(position.after('"').mustEnd()).isTrue();
  }

  @Test
  void nestingIsBoundedAndWhatIsOpenCanBeClosed() throws Exception {
    TokenConstraint.Position position = constraint("true").start();
    int depth = 0;
    while (position.allows('[')) {
      position = position.after('[');
      depth++;
    }
    assertThat(depth).isBetween(50, 200);
    for (int i = 0; i < depth; i++) {
      position = position.after(']');
    }
    assertThat(position.mustEnd()).isTrue();
  }

  @Test
  void whatTheVocabularyCannotSpellIsNotBegun() throws Exception {
    List<byte[]> tokens =
        Stream.of("\"", "a", "b", "aé", "\\", "n", "x\"", "[", "]")
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toList();
    JsonConstraints constraints = new JsonConstraints(Vocabularies.of(tokens));
    TokenConstraint.Position inside =
        constraints.schema(JSON.readTree("{\"type\": \"string\"}")).start().after(0);
    assertThat(IntStream.range(0, tokens.size()).filter(inside::allows))
        .containsExactly(0, 1, 2, 4, 5, 7, 8);
    assertThat(IntStream.range(0, tokens.size()).filter(inside.after(4)::allows))
        .as("\\b and \\n, but not \\t")
        .containsExactly(0, 2, 4, 5);
    assertThatThrownBy(() -> constraints.schema(JSON.readTree("{\"type\": \"boolean\"}")))
        .hasMessageContaining("no value satisfies");
  }

  @Test
  void whiteSpaceIsBounded() throws Exception {
    TokenConstraint.Position position = constraint("{\"type\": \"array\"}").start().after('[');
    int spaces = 0;
    position = position.after('\n');
    while (position.allows(' ')) {
      position = position.after(' ');
      spaces++;
    }
    assertThat(spaces).isEqualTo(16);
    assertThat(position.allows('\n')).isFalse();
  }

  @Test
  void ambiguityCostsNoMoreThanItsPlaces() throws Exception {
    TokenConstraint.Position position =
        constraint(
                """
                {"$ref": "#/$defs/t", "$defs": {"t": {"anyOf": [{"type": "null"},
                  {"type": "object", "required": ["t"], "properties": {"t": {"$ref": "#/$defs/t"}, "a": {"type": "integer"}}},
                  {"type": "object", "required": ["t"], "properties": {"t": {"$ref": "#/$defs/t"}, "a": {"type": "string"}}}]}}}\
                """)
            .start();
    for (int i = 0; i < 60; i++) { // 2^60 ways to read it
      for (byte b : "{\"t\":".getBytes(StandardCharsets.UTF_8)) {
        position = position.after(b);
      }
    }
    for (byte b : ("null" + ",\"a\":1}".repeat(60)).getBytes(StandardCharsets.UTF_8)) {
      position = position.after(b);
    }
    assertThat(position.mustEnd()).isTrue();
  }
}
