package dev.whit.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import dev.whit.load.StubEndpoint.Reaction;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoadRunTest {
  private static final TokenRange PROMPT = new TokenRange(10, 30);

  private static LoadSpec spec(StubEndpoint stub, Arrivals arrivals, int requests) {
    return spec(stub, arrivals, requests, Duration.ofSeconds(30), Slo.NONE);
  }

  private static LoadSpec spec(
      StubEndpoint stub, Arrivals arrivals, int requests, Duration timeout, Slo slo) {
    return new LoadSpec(
        stub.address(),
        "secret",
        "stub",
        Endpoint.COMPLETIONS,
        arrivals,
        requests,
        Duration.ofSeconds(30),
        timeout,
        PROMPT,
        new TokenRange(3, 3),
        0.5,
        7,
        true,
        Map.of("return_token_ids", BooleanNode.TRUE),
        slo);
  }

  private static LoadReport run(StubEndpoint stub, LoadSpec spec) throws Exception {
    try (LoadClient client = new LoadClient(stub.address(), "secret")) {
      return LoadRun.run(spec, client, (sent, ended, failed) -> {});
    }
  }

  private static LoadReport failing(Reaction reaction) throws Exception {
    try (StubEndpoint stub = new StubEndpoint(n -> n == 0 ? reaction : Reaction.ANSWER)) {
      Duration timeout = Duration.ofMillis(reaction == Reaction.HANG ? 700 : 30_000);
      return run(stub, spec(stub, new Arrivals.Closed(1), 3, timeout, Slo.NONE));
    }
  }

  @Test
  void aClosedLoopSendsSoManyRequestsAndCountsTheirTokens() throws Exception {
    try (StubEndpoint stub = new StubEndpoint(n -> Reaction.ANSWER)) {
      LoadReport report = run(stub, spec(stub, new Arrivals.Closed(4), 20));

      assertThat(stub.bodies).hasSize(20);
      assertThat(stub.keys).containsOnly("Bearer secret");
      assertThat(report.requests()).isEqualTo(20);
      assertThat(report.completed()).isEqualTo(20);
      assertThat(report.failures()).isEmpty();
      assertThat(report.ttft().count()).isEqualTo(20);
      assertThat(report.itl().count()).as("an empty piece is none").isEqualTo(40);
      assertThat(report.tpot().count()).isEqualTo(20);
      assertThat(report.e2e().max()).isGreaterThanOrEqualTo(report.ttft().p50());
      assertThat(report.outputTokensPerSecond() * report.seconds()).isBetween(59.9, 60.1);
      assertThat(report.promptTokensPerSecond() * report.seconds()).isBetween(199.9, 200.1);
      assertThat(report.cachedShare()).isEqualTo(0.4);
      assertThat(report.goodShare()).isEqualTo(1);
    }
  }

  @Test
  void anOpenLoopSendsAtRandomTimesUntilTheDurationIsOver() throws Exception {
    try (StubEndpoint stub = new StubEndpoint(n -> Reaction.ANSWER)) {
      LoadSpec all = spec(stub, new Arrivals.Open(200), 40);

      assertThat(run(stub, all).completed()).isEqualTo(40);

      LoadSpec few = spec(stub, new Arrivals.Open(0.001), 40); // one in a quarter of an hour
      assertThat(run(stub, few).requests()).isZero();
    }
  }

  @Test
  void withoutUsageThePiecesAreCounted() throws Exception {
    try (StubEndpoint stub = new StubEndpoint(n -> Reaction.ANSWER_WITHOUT_USAGE)) {
      LoadReport report = run(stub, spec(stub, new Arrivals.Closed(1), 3));

      assertThat(report.outputTokensPerSecond() * report.seconds()).isBetween(5.9, 6.1);
      assertThat(report.promptTokensPerSecond()).isZero();
    }
  }

  @Test
  void failuresAreCountedByKindAndTheRunGoesOn() throws Exception {
    Map<Reaction, LoadReport.Failures> kinds =
        Map.of(
            Reaction.REFUSE,
            new LoadReport.Failures("http 429", 1, "the queue is full"),
            Reaction.FAIL_IN_THE_MIDDLE,
            new LoadReport.Failures("error event", 1, "it broke"),
            Reaction.END_IN_THE_MIDDLE,
            new LoadReport.Failures("connection lost", 1, "the stream ended before [DONE]"),
            Reaction.HANG,
            new LoadReport.Failures("timeout", 1, "no whole answer within 0.700 s"));
    for (Map.Entry<Reaction, LoadReport.Failures> kind : kinds.entrySet()) {
      LoadReport report = failing(kind.getKey());

      assertThat(report.failures()).as("%s", kind.getKey()).containsExactly(kind.getValue());
      assertThat(report.completed()).isEqualTo(2);
    }
    for (Reaction malformed : List.of(Reaction.NO_JSON, Reaction.NO_OBJECT)) {
      assertThat(failing(malformed).failures())
          .extracting(LoadReport.Failures::kind)
          .containsExactly("malformed");
    }
  }

  @Test
  void aServerThatIsNotThereIsAKindOfFailureToo() throws Exception {
    StubEndpoint stub = new StubEndpoint(n -> Reaction.ANSWER);
    stub.close();

    LoadReport report = run(stub, spec(stub, new Arrivals.Closed(2), 3));

    assertThat(report.failures())
        .singleElement()
        .satisfies(f -> assertThat(f.kind()).isEqualTo("no connection"))
        .satisfies(f -> assertThat(f.count()).isEqualTo(3));
  }

  @Test
  void goodputCountsTheAnswersWithinTheObjectives() throws Exception {
    try (StubEndpoint stub = new StubEndpoint(n -> Reaction.ANSWER)) {
      Slo impossible = new Slo(Duration.ofSeconds(30), null, Duration.ofNanos(1));

      LoadReport report =
          run(stub, spec(stub, new Arrivals.Closed(1), 3, Duration.ofSeconds(30), impossible));

      assertThat(report.completed()).isEqualTo(3);
      assertThat(report.goodput()).isZero();
      assertThat(report.goodShare()).isZero();
    }
  }

  @Test
  void requestsAreAFunctionOfTheSeedAndShareTheirBeginning() {
    try (StubEndpoint stub = new StubEndpoint(n -> Reaction.ANSWER)) {
      Workload workload = new Workload(spec(stub, new Arrivals.Closed(1), 3));
      JsonNode one = workload.body(1);

      assertThat(one).isEqualTo(new Workload(spec(stub, new Arrivals.Closed(9), 3)).body(1));
      assertThat(one.path("prompt").size()).isBetween(10, 30);
      assertThat(one.path("max_tokens").asInt()).isEqualTo(3);
      assertThat(one.path("ignore_eos").asBoolean()).isTrue();
      assertThat(one.path("return_token_ids").asBoolean()).isTrue();
      for (int i = 0; i < 5; i++) {
        assertThat(prompt(workload, 2).get(i)).isEqualTo(prompt(workload, 1).get(i));
      }
      assertThat(prompt(workload, 2).subList(5, 10))
          .isNotEqualTo(prompt(workload, 1).subList(5, 10));
    }
  }

  private static List<JsonNode> prompt(Workload workload, int index) {
    return List.copyOf(workload.body(index).path("prompt").valueStream().toList());
  }
}
