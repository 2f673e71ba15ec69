package dev.whit.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.tokenizer.ChatTemplateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.SoftAssertions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Renders templates with {@code @huggingface/jinja} too, where it is there ({@code npm install
 * --no-save --prefix target/npm @huggingface/jinja@0.5.11}, or {@code -Dwhit.jinja-js=FILE}). It
 * takes 0.1 to 0.4 s for each, so few are rendered unless {@code -Dwhit.jinja-templates=2500} asks
 * for more.
 */
class JinjaDifferentialTest {
  private static final Path BUNDLE =
      Path.of(
          System.getProperty(
              "whit.jinja-js", "target/npm/node_modules/@huggingface/jinja/dist/index.cjs"));

  private static final Path REAL =
      Path.of(System.getProperty("whit.data", "../shared/data"), "chat-templates");

  private static final int TEMPLATES = Integer.getInteger("whit.jinja-templates", 40);
  private static final int BATCH = 20;

  /** Of the real cases every so manieth is rendered. */
  private static final int STRIDE = TEMPLATES >= 2000 ? 1 : 16;

  /** Where the reference differs from Jinja2, by the end of the template's and case's name. */
  private static final Map<String, String> WRONG =
      Map.of(
          "parts", "a list as content, which Jinja2 prints, or strips, as Python would",
          "QwQ-32B multi", "strip('\\n') strips spaces too",
          "SmolLM3-3B multi", "strip('\\n') strips spaces too",
          "tool_use tools", "trim of what is undefined is no empty text",
          "tool_use tool_turn", "trim of what is undefined is no empty text",
          "tool_use tool_done", "trim of what is undefined is no empty text");

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String VARIABLES =
      """
      {"text": "Hello, wörld! €", "quoted": " it's \\"x\\"\\n\\t ", "yes": true, "none_value": null,
       "letters": ["b", "a", "C", "a"], "numbers": [3, 1, 2], "dict": {"b": 1, "a": "z"},
       "tools": [{"type": "function", "function": {"name": "f", "parameters": {"x": ["é", "<&>'"]}}}],
       "messages": [{"role": "system", "content": "Be brief."},
                    {"role": "user", "content": "{{ 1 + 1 }} {% raw %}"},
                    {"role": "assistant", "content": "  two \\n"},
                    {"role": "tool", "content": "<b>ok</b>"}]}
      """;

  @BeforeAll
  static void reference() {
    assumeTrue(Files.exists(BUNDLE), () -> "no " + BUNDLE);
  }

  @Test
  void generatedTemplates() throws IOException {
    @SuppressWarnings("unchecked")
    Map<String, Object> variables = JSON.readValue(VARIABLES, Map.class);
    TemplateGenerator generator = new TemplateGenerator(1);
    List<JinjaReference.Job> jobs = new ArrayList<>();
    for (int i = 0; i < TEMPLATES; i++) {
      jobs.add(new JinjaReference.Job(generator.template(), variables));
    }
    int rendered = compare(jobs);
    assertThat(rendered).isGreaterThan(TEMPLATES * 9 / 10);
  }

  @Test
  void realTemplates() throws IOException {
    Path file = REAL.resolve("renderings.json");
    assumeTrue(Files.exists(file), () -> "no " + file);
    List<JinjaReference.Job> jobs = new ArrayList<>();
    JsonNode cases = JSON.readTree(file.toFile()).path("cases");
    for (int i = 0; i < cases.size(); i += STRIDE) {
      String template = cases.get(i).path("template").asText();
      String name = template + " " + cases.get(i).path("case").asText();
      if (WRONG.keySet().stream().noneMatch(name::endsWith)) {
        @SuppressWarnings("unchecked")
        Map<String, Object> variables =
            JSON.convertValue(cases.get(i).path("variables"), Map.class);
        String source = Files.readString(REAL.resolve(template + ".jinja"));
        jobs.add(new JinjaReference.Job(source, variables));
      }
    }
    assertThat(compare(jobs)).isPositive();
  }

  /** Returns how many rendered, rather than failed, in both. */
  private static int compare(List<JinjaReference.Job> jobs) throws IOException {
    SoftAssertions softly = new SoftAssertions();
    int rendered = 0;
    try (JinjaReference reference = new JinjaReference(BUNDLE, NOW.atZone(ZoneOffset.UTC))) {
      for (int from = 0; from < jobs.size(); from += BATCH) {
        List<JinjaReference.Job> batch = jobs.subList(from, Math.min(from + BATCH, jobs.size()));
        JsonNode results = reference.render(batch);
        assertThat(results).hasSameSizeAs(batch);
        for (int i = 0; i < batch.size(); i++) {
          JsonNode expected = results.get(i);
          String text = render(batch.get(i));
          rendered += text != null && expected.has("text") ? 1 : 0;
          softly
              .assertThat(text)
              .as("%s%n(%s)", batch.get(i).template(), expected.path("error").asText())
              .isEqualTo(expected.path("text").textValue());
        }
      }
    }
    softly.assertAll();
    return rendered;
  }

  private static @Nullable String render(JinjaReference.Job job) {
    try {
      return JinjaTemplate.parse(job.template(), CLOCK).render(job.variables());
    } catch (ChatTemplateException e) {
      return null;
    }
  }
}
