package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.it.HarnessClient.Likelihood;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A real task of lm-evaluation-harness: what the server answers, against what the harness's own
 * backend (transformers in f32) has computed for the demo models.
 */
class HarnessIT {
  private static final Path DATA =
      Path.of(System.getProperty("whit.data", "../shared/data")).resolve("lmeval");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int CLIENTS = 8;

  /** Of log-likelihoods, relative. */
  private static final Percentage TOLERANCE = Percentage.withPercentage(0.1);

  /** Scores that are means over documents are the same or another document counts. */
  private static final double SCORE = 1e-9;

  /** The first token of each text; the harness puts it before the first window too. */
  private static final int BOS = 0;

  /** A window of the context, 1024, less its prefix and the token that is generated after it. */
  private static final int WINDOW = 1022;

  private static ServerProcess server;

  @BeforeAll
  static void start() {
    assumeTrue(Files.isDirectory(DATA), "no lm-evaluation-harness task: " + DATA + " is absent");
    server = ServerProcess.serve("--kv-cache", "f32");
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"demo,nanoquant", "demo-littlebit,littlebit", "demo-fp16,fp16"})
  void continuationsAreAsLikelyAndScoredTheSame(String model, String reference) throws Exception {
    HarnessClient client = new HarnessClient(server, model);
    JsonNode expected = JSON.readTree(DATA.resolve(reference + ".json").toFile());
    List<JsonNode> documents = lines("novels_next.jsonl");
    List<Likelihood> likelihoods = likelihoods(client, documents);

    JsonNode requests = expected.path("requests");
    assertThat(requests).isNotEmpty();
    // The reference has the requests of the first documents.
    for (int i = 0; i < requests.size(); i++) {
      JsonNode request = requests.get(i);
      Likelihood likelihood = likelihoods.get(i);
      assertThat(likelihood.logprob())
          .as("request %d", i)
          .isCloseTo(request.path("loglikelihood").asDouble(), TOLERANCE);
      assertThat(likelihood.greedy())
          .as("request %d", i)
          .isEqualTo(request.path("is_greedy").asBoolean());
    }
    JsonNode scores = expected.path("scores").path("novels_next");
    assertThat(accuracy(documents, likelihoods, false))
        .isCloseTo(scores.path("acc,none").asDouble(), within(SCORE));
    assertThat(accuracy(documents, likelihoods, true))
        .isCloseTo(scores.path("acc_norm,none").asDouble(), within(SCORE));
  }

  private static List<Likelihood> likelihoods(HarnessClient client, List<JsonNode> documents)
      throws Exception {
    List<Future<Likelihood>> answers = new ArrayList<>();
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      for (JsonNode document : documents) {
        for (JsonNode choice : document.path("choices")) {
          answers.add(
              clients.submit(
                  () -> client.likelihood(document.path("context").asText(), choice.asText())));
        }
      }
    }
    List<Likelihood> likelihoods = new ArrayList<>();
    for (Future<Likelihood> answer : answers) {
      likelihoods.add(answer.get());
    }
    return likelihoods;
  }

  /** Share of documents whose likeliest choice, per character if normalised, is the right one. */
  private static double accuracy(
      List<JsonNode> documents, List<Likelihood> likelihoods, boolean normalised) {
    int request = 0;
    int right = 0;
    for (JsonNode document : documents) {
      int best = 0;
      double most = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < document.path("choices").size(); i++) {
        int characters = normalised ? document.path("choices").get(i).asText().length() : 1;
        double likelihood = likelihoods.get(request++).logprob() / characters;
        if (likelihood > most) {
          most = likelihood;
          best = i;
        }
      }
      right += best == document.path("label").asInt() ? 1 : 0;
    }
    return (double) right / documents.size();
  }

  @ParameterizedTest
  @CsvSource({"demo,nanoquant", "demo-littlebit,littlebit", "demo-fp16,fp16"})
  void wholeTextsAreAsLikelyAndScoredTheSame(String model, String reference) throws Exception {
    HarnessClient client = new HarnessClient(server, model);
    JsonNode expected = JSON.readTree(DATA.resolve(reference + ".json").toFile());
    List<JsonNode> documents = lines("novels_ppl.jsonl");

    double sum = 0;
    double words = 0;
    double bytes = 0;
    for (int i = 0; i < documents.size(); i++) {
      String text = documents.get(i).path("text").asText();
      double likelihood = client.rolling(text, BOS, WINDOW);
      assertThat(likelihood)
          .as("document %d", i)
          .isCloseTo(expected.path("rolling").get(i).path("loglikelihood").asDouble(), TOLERANCE);
      sum += likelihood;
      words += text.split("\\s+", -1).length;
      bytes += text.getBytes(StandardCharsets.UTF_8).length;
    }
    JsonNode scores = expected.path("scores").path("novels_ppl");
    assertThat(Math.exp(-sum / words))
        .isCloseTo(scores.path("word_perplexity,none").asDouble(), TOLERANCE);
    assertThat(Math.exp(-sum / bytes))
        .isCloseTo(scores.path("byte_perplexity,none").asDouble(), TOLERANCE);
    assertThat(-sum / bytes / Math.log(2))
        .isCloseTo(scores.path("bits_per_byte,none").asDouble(), TOLERANCE);
  }

  private static List<JsonNode> lines(String file) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    for (String line : Files.readAllLines(DATA.resolve(file))) {
      documents.add(JSON.readTree(line));
    }
    return documents;
  }
}
