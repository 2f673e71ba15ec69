package dev.whit.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.tokenizer.ChatTemplateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Real models' templates give what transformers makes of them, where the data is there. */
class RealTemplatesTest {
  private static final Path TEMPLATES =
      Path.of(System.getProperty("whit.data", "../shared/data"), "chat-templates");

  private final ObjectMapper json = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> renderings() throws IOException {
    Path file = TEMPLATES.resolve("renderings.json");
    if (!Files.exists(file)) {
      // One test that is skipped, so that the run says so.
      return Stream.of(
          DynamicTest.dynamicTest("renderings.json", () -> assumeTrue(false, "no " + file)));
    }
    JsonNode renderings = json.readTree(file.toFile());
    LocalDateTime now = LocalDateTime.parse(renderings.get("now").textValue());
    Clock clock = Clock.fixed(now.toInstant(ZoneOffset.UTC), ZoneOffset.UTC);
    Map<String, String> sources = new HashMap<>();
    return renderings
        .get("cases")
        .valueStream()
        .map(rendering -> {
          String name = rendering.get("template").textValue();
          String source = sources.computeIfAbsent(name, RealTemplatesTest::read);
          return DynamicTest.dynamicTest(
              name + ": " + rendering.get("case").textValue(),
              () -> check(source, clock, rendering));
        });
  }

  private static String read(String name) {
    try {
      return Files.readString(TEMPLATES.resolve(name + ".jinja"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void check(String source, Clock clock, JsonNode rendering) {
    JinjaTemplate template = JinjaTemplate.parse(source, clock);
    @SuppressWarnings("unchecked")
    Map<String, Object> variables = json.convertValue(rendering.get("variables"), Map.class);
    if (rendering.has("expected")) {
      assertThat(template.render(variables)).isEqualTo(rendering.get("expected").textValue());
      return;
    }
    var failure =
        assertThatThrownBy(() -> template.render(variables))
            .isInstanceOf(ChatTemplateException.class);
    String error = rendering.get("error").textValue();
    if (source.contains(error)) { // raised by the template, so it is the whole message
      failure.hasMessage(error);
    } else {
      failure.hasMessageStartingWith("chat template, line ");
    }
  }
}
