package dev.whit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code whit eval}, as it is called, with the demo models. */
class EvalCommandTest {
  private static final Path DEMO = Path.of(System.getProperty("whit.demo-dir", "src/main/demo"));
  private static final Path DATA = Path.of(System.getProperty("whit.data", "../shared/data"));
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path text;
  private Path output;

  @BeforeEach
  void writeText() throws IOException {
    text =
        Files.writeString(
            directory.resolve("text.txt"),
            "The old house stood at the end of the lane, and nobody had lived in it for years. "
                .repeat(12));
    output = directory.resolve("output");
  }

  private int run(Object... arguments) {
    String[] strings = new String[arguments.length];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = arguments[i].toString();
    }
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(strings);
  }

  private JsonNode json() throws IOException {
    return JSON.readTree(out.toString());
  }

  private static double value(JsonNode report, String path) {
    return report.at(path + "/value").asDouble();
  }

  @Test
  void aModelIsEvaluatedAgainstItsReference() throws IOException {
    assertThat(
            run(
                "eval",
                "--model",
                DEMO.resolve("nanoquant"),
                "--reference",
                DEMO.resolve("fp16"),
                "--text",
                text,
                "--block",
                "64",
                "--output",
                output,
                "--json"))
        .isZero();

    JsonNode report = json();
    JsonNode comparison = report.at("/text/comparison");
    assertThat(report.at("/model/format").asText()).isEqualTo("nanoquant");
    assertThat(report.at("/text/tokens").asInt())
        .isEqualTo(63 * report.at("/text/blocks").asInt())
        .isPositive();
    assertThat(value(comparison, "/kl")).isPositive();
    assertThat(value(comparison, "/ratio"))
        .isCloseTo(
            value(report, "/text/perplexity") / value(comparison, "/reference_perplexity"),
            within(1e-9));
    assertThat(output.resolve("report.json")).content().isEqualTo(out.toString());
    assertThat(output.resolve("report.md")).content().contains("mean KL divergence");
    assertThat(output.resolve("report.html"))
        .content()
        .contains("<svg", "mean KL divergence")
        .doesNotContain("http:", "https:", "src=");
  }

  @Test
  void aModelIsNoDistanceFromItself() throws IOException {
    Path model = DEMO.resolve("fp16");
    assertThat(
            run(
                "eval",
                "--model",
                model,
                "--reference",
                model,
                "--text",
                text,
                "--block",
                "32",
                "--blocks",
                "2",
                "--json"))
        .isZero();

    JsonNode comparison = json().at("/text/comparison");
    assertThat(value(comparison, "/kl")).isCloseTo(0, within(1e-12));
    assertThat(value(comparison, "/ratio")).isEqualTo(1);
    assertThat(value(comparison, "/same_top")).isEqualTo(1);
    assertThat(json().at("/text/blocks").asInt()).isEqualTo(2);
  }

  @Test
  void aRunGoesOnWhereAnotherEnded() throws IOException {
    Object[] arguments = {
      "eval",
      "--model",
      DEMO.resolve("littlebit"),
      "--text",
      text,
      "--block",
      "32",
      "--json",
      "--output",
      output
    };
    assertThat(run(arguments)).isZero();
    String whole = json().at("/text").toString();
    Path journal = output.resolve("text.jsonl");
    List<String> lines = Files.readAllLines(journal);
    assertThat(lines).hasSizeGreaterThan(4);
    // The second block is said to be worse than it is, which shows that it is not computed again.
    String marked = lines.get(2).replaceFirst("\"nll\":\\[[^,]*,", "\"nll\":[99.0,");
    Files.writeString(journal, lines.get(0) + "\n" + lines.get(1) + "\n" + marked + "\n{\"ind");

    assertThat(run(arguments)).isZero();

    JsonNode resumed = json().at("/text");
    assertThat(resumed.toString()).isNotEqualTo(whole);
    assertThat(resumed.at("/block_nll/1").asDouble())
        .isGreaterThan(JSON.readTree(whole).at("/block_nll/1").asDouble());
    assertThat(resumed.at("/block_nll/2")).isEqualTo(JSON.readTree(whole).at("/block_nll/2"));
    assertThat(Files.readAllLines(journal)).hasSameSizeAs(lines);
  }

  @Test
  void questionsAreAnswered() throws IOException {
    Path questions =
        Files.writeString(
            directory.resolve("questions.jsonl"),
            """
            {"context": "The old house stood at the end of the", "choices": [" lane", " %%%%%"], "label": 0}
            {"context": "He looked at her and ", "choices": ["zxqj", "said"], "label": 1}
            """);
    assertThat(
            run(
                "eval",
                "--model",
                DEMO.resolve("nanoquant"),
                "--reference",
                DEMO.resolve("fp16"),
                "--choices",
                questions,
                "--json"))
        .isZero();

    JsonNode choices = json().at("/choices");
    assertThat(choices.at("/questions").asInt()).isEqualTo(2);
    assertThat(value(choices, "/accuracy")).isEqualTo(1);
    assertThat(value(choices, "/reference_accuracy")).isEqualTo(1);
    assertThat(choices.at("/mc_nemar/p").asDouble()).isEqualTo(1);
  }

  @Test
  void theReferencesFiguresAreMet() throws IOException {
    Path demo = DATA.resolve("demo");
    assumeTrue(Files.isDirectory(demo), "no " + demo);
    JsonNode expected =
        JSON.readTree(demo.resolve("reference.json").toFile()).at("/models/nanoquant");
    assertThat(
            run(
                "eval",
                "--model",
                demo.resolve("nanoquant"),
                "--reference",
                demo.resolve("fp16"),
                "--text",
                demo.resolve("eval.txt"),
                "--block",
                "512",
                "--blocks",
                "24",
                "--json"))
        .isZero();

    JsonNode comparison = json().at("/text/comparison");
    assertThat(json().at("/text/tokens").asInt()).isEqualTo(expected.at("/kl_tokens").asInt());
    closeTo(value(comparison, "/kl"), expected.at("/kl_mean"));
    closeTo(comparison.at("/kl_quantiles/50").asDouble(), expected.at("/kl_median"));
    closeTo(comparison.at("/kl_quantiles/99").asDouble(), expected.at("/kl_p99"));
    closeTo(value(comparison, "/same_top"), expected.at("/same_top1"));
  }

  /** What lm-evaluation-harness's own backend has of the same questions. */
  @Test
  void theHarnesssLogLikelihoodsAreMet() throws IOException {
    Path harness = DATA.resolve("lmeval");
    assumeTrue(Files.isDirectory(harness), "no " + harness);
    JsonNode expected = JSON.readTree(harness.resolve("littlebit.json").toFile());
    Path questions = directory.resolve("questions.jsonl");
    Files.write(questions, Files.readAllLines(harness.resolve("novels_next.jsonl")).subList(0, 12));
    assertThat(
            run(
                "eval",
                "--model",
                DATA.resolve("demo/littlebit"),
                "--choices",
                questions,
                "--output",
                output))
        .isZero();

    List<String> results = Files.readAllLines(output.resolve("choices.jsonl"));
    int request = 0;
    for (String line : Files.readAllLines(questions)) {
      JsonNode question = JSON.readTree(line);
      JsonNode found = JSON.readTree(results.get(1 + request / question.at("/choices").size()));
      for (JsonNode logLikelihood : found.at("/model")) {
        JsonNode of = expected.at("/requests").get(request++);
        assertThat(of.at("/context")).isEqualTo(question.at("/context"));
        double want = of.at("/loglikelihood").asDouble();
        assertThat(logLikelihood.asDouble()).isCloseTo(want, within(1e-3 * Math.abs(want)));
      }
    }
    assertThat(request).isEqualTo(48);
  }

  private static void closeTo(double actual, JsonNode expected) {
    assertThat(actual).isCloseTo(expected.asDouble(), within(1e-3 * expected.asDouble()));
  }

  @ParameterizedTest
  @CsvSource({
    "--block 1, 2, '--block must be 2 or more, is 1'",
    "--block 5000, 2, the model was made for 1024 tokens",
    "--blocks 0, 2, '--blocks must be 1 or more, is 0'",
    "--text /none, 3, '/none: no such file'",
    "--reference /none, 3, '/none: no such file or directory'",
  })
  void whatCannotBeIsSaid(String options, int code, String message) {
    Object[] arguments =
        ("eval --model " + DEMO.resolve("fp16") + " --text " + text + " " + options).split(" ");
    // A later --text replaces the first.
    assertThat(run(options.startsWith("--text") ? without(arguments, text) : arguments))
        .isEqualTo(code);
    assertThat(err.toString()).contains(message);
  }

  private static Object[] without(Object[] arguments, Path text) {
    return List.of(arguments).stream()
        .filter(a -> !a.equals(text.toString()))
        .toList()
        .reversed()
        .stream()
        .distinct()
        .toList()
        .reversed()
        .toArray();
  }

  @Test
  void somethingMustBeAskedFor() {
    assertThat(run("eval", "--model", DEMO.resolve("fp16"))).isEqualTo(2);
    assertThat(err.toString()).contains("nothing to evaluate: --text or --choices");
  }

  @Test
  void aTextOfLessThanABlockIsRefused() throws IOException {
    Files.writeString(text, "Short.");
    assertThat(run("eval", "--model", DEMO.resolve("fp16"), "--text", text)).isEqualTo(3);
    assertThat(err.toString()).contains("tokens, a block has 1024");
  }
}
