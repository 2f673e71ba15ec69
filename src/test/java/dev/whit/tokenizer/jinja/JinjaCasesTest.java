package dev.whit.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.tokenizer.ChatTemplateException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Small templates for every construct give what Jinja2 itself made of them ({@code cases.json}).
 */
class JinjaCasesTest {
  private final ObjectMapper json = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> cases() throws IOException {
    try (InputStream in = JinjaCasesTest.class.getResourceAsStream("/jinja/cases.json")) {
      JsonNode file = json.readTree(Objects.requireNonNull(in));
      Clock clock =
          Clock.fixed(
              LocalDateTime.parse(file.get("now").textValue()).toInstant(ZoneOffset.UTC),
              ZoneOffset.UTC);
      @SuppressWarnings("unchecked")
      Map<String, Object> variables = json.convertValue(file.get("variables"), Map.class);
      return file.get("cases")
          .valueStream()
          .map(pair ->
              DynamicTest.dynamicTest(
                  "case: " + pair.get(0).textValue(),
                  () -> check(pair.get(0).textValue(), pair.get(1), clock, variables)));
    }
  }

  private static void check(
      String template, JsonNode expected, Clock clock, Map<String, Object> variables) {
    if (expected.isNull()) {
      assertThatThrownBy(() -> JinjaTemplate.parse(template, clock).render(variables))
          .isInstanceOf(ChatTemplateException.class);
    } else {
      assertThat(JinjaTemplate.parse(template, clock).render(variables))
          .isEqualTo(expected.textValue());
    }
  }
}
