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
import java.util.stream.IntStream;
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

  /** A token is allowed exactly where its bytes are, one after the other. */
  @Test
  void masksSayWhatTheBytesOfTheirTokensSay() {
    int checked = 0;
    for (int seed = 0; seed < 60; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      List<byte[]> tokens = Vocabularies.random(random, 120);
      TokenConstraint constraint;
      try {
        constraint =
            new JsonConstraints(Vocabularies.of(tokens)).schema(new RandomSchemas(random).schema());
      } catch (SchemaException e) {
        continue; // no value satisfies it
      }
      TokenConstraint.Position position = constraint.start();
      for (int step = 0; step < 25 && !position.mustEnd(); step++) {
        for (int id = 0; id < tokens.size(); id++) {
          assertThat(position.allows(id))
              .as("schema %d, step %d, token %d", seed, step, id)
              .isEqualTo(follows(position, tokens.get(id)));
        }
        List<Integer> allowed =
            IntStream.range(0, tokens.size()).filter(position::allows).boxed().toList();
        position = position.after(allowed.get(random.nextInt(allowed.size())));
        checked++;
      }
    }
    assertThat(checked).isGreaterThan(500);
  }

  private static boolean follows(TokenConstraint.Position start, byte[] text) {
    TokenConstraint.Position position = start;
    for (byte b : text) {
      int single = Byte.toUnsignedInt(b);
      if (!position.allows(single)) {
        return false;
      }
      position = position.after(single);
    }
    return true;
  }

  private static void assertValid(int seed, JsonNode schema, JsonSchema library, byte[] answer)
      throws CharacterCodingException, JsonProcessingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(answer)).toString();
    assertThat(library.validate(JSON.readTree(text)))
        .as("schema %d: %s%nanswer: %s", seed, schema, text)
        .isEmpty();
  }
}
