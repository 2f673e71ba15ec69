package dev.whit.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.tokenizer.ChatTemplateException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Templates, small ones for every construct and random ones, give what Jinja2 made of them. */
class JinjaCasesTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

  private final ObjectMapper json = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> constructs() throws IOException {
    return cases("/jinja/cases.json");
  }

  @TestFactory
  Stream<DynamicTest> random() throws IOException {
    return cases("/jinja/random.json");
  }

  private Stream<DynamicTest> cases(String resource) throws IOException {
    try (InputStream in = JinjaCasesTest.class.getResourceAsStream(resource)) {
      JsonNode file = json.readTree(Objects.requireNonNull(in));
      @SuppressWarnings("unchecked")
      Map<String, Object> variables = json.convertValue(file.get("variables"), Map.class);
      return file.get("cases")
          .valueStream()
          .map(pair ->
              DynamicTest.dynamicTest(
                  "case: " + pair.get(0).textValue(),
                  () -> check(pair.get(0).textValue(), pair.get(1), variables)));
    }
  }

  private static void check(String template, JsonNode expected, Map<String, Object> variables) {
    if (expected.isNull()) {
      assertThatThrownBy(() -> JinjaTemplate.parse(template, CLOCK).render(variables))
          .isInstanceOf(ChatTemplateException.class);
    } else {
      assertThat(JinjaTemplate.parse(template, CLOCK).render(variables))
          .isEqualTo(expected.textValue());
    }
  }
}
