package dev.whit.constraint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import dev.whit.backend.TokenConstraint;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Whatever a model is fond of, what it may write parses and validates. */
class JsonConstraintsPropertyTest {
  private static final int SCHEMAS = Integer.getInteger("whit.constraint.schemas", 400);
  private static final int ANSWERS = 6;
  private static final int MAX_TOKENS = 2000;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
  private static final JsonSchemaFactory SCHEMA_LIBRARY =
      JsonSchemaFactory.getInstance(VersionFlag.V202012);
  private static final SchemaValidatorsConfig WITH_FORMATS =
      SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

  @Test
  void randomAnswersUnderRandomSchemasAreValid() throws Exception {
    int ended = 0;
    int unsatisfiable = 0;
    for (int seed = 0; seed < SCHEMAS; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<byte[]> tokens = Vocabularies.random(random, 300);
      JsonNode schema = new RandomSchemas(random).schema();
      TokenConstraint constraint;
      try {
        constraint = new JsonConstraints(Vocabularies.of(tokens)).schema(schema);
      } catch (SchemaException e) {
        assertThat(e).as("schema %d: %s", seed, schema).hasMessageContaining("no value satisfies");
        unsatisfiable++;
        continue;
      }
      JsonSchema library = SCHEMA_LIBRARY.getSchema(schema, WITH_FORMATS);
      for (int i = 0; i < ANSWERS; i++) {
        byte[] answer = RandomAnswers.answer(constraint, tokens, random, MAX_TOKENS);
        if (answer != null) {
          ended++;
          assertValid(seed, schema, library, answer);
        }
      }
    }
    assertThat(unsatisfiable).isLessThan(SCHEMAS / 10);
    assertThat(ended).isGreaterThan((SCHEMAS - unsatisfiable) * ANSWERS * 3 / 4);
  }

  private static void assertValid(int seed, JsonNode schema, JsonSchema library, byte[] answer)
      throws CharacterCodingException, JsonProcessingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(answer)).toString();
    assertThat(library.validate(JSON.readTree(text)))
        .as("schema %d: %s%nanswer: %s", seed, schema, text)
        .isEmpty();
  }
}
