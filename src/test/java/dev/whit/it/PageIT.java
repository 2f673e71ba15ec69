package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.support.ui.Select;

/** The page at /, in a browser, from a server that wants a key. */
class PageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String KEY = "a-key-of-this-test";
  private static final String DEMO = "model_name=\"demo\"";

  private static Browser browser;
  private static ServerProcess server;

  @BeforeAll
  static void start() {
    browser = Browser.start();
    server =
        ServerProcess.serve(Map.of("WHIT_API_KEYS", KEY, "WHIT_ACCESS_PUBLIC_METRICS", "true"));
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void open() {
    browser.prefer("light");
    browser.resize(1280, 1350);
    browser.open(server.url() + "/");
    browser.await(() -> browser.text("#state").contains("API key"));
    browser.fill("#key", KEY + Keys.TAB);
    browser.await(() -> browser.text("#state").equals("Ready"));
  }

  @AfterEach
  void nothingWasComplainedAboutOrFetchedElsewhere() {
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .filteredOn(uri -> !List.of("data", "about", "chrome").contains(uri.getScheme()))
        .isNotEmpty()
        .extracting(URI::getHost)
        .containsOnly("127.0.0.1");
  }

  private static void ask(String prompt) {
    browser.fill("#prompt", prompt);
    browser.find("#send").click();
  }

  private static void awaitEnd() {
    browser.await(() -> !browser.find("#stop").isEnabled());
  }

  private static void set(String field, String value) {
    browser.fill("[data-field=" + field + "]", value);
  }

  private static void openDetails() {
    browser.find("#parameters summary").click();
  }

  private static JsonNode post(String path, String body) throws JsonProcessingException {
    return JSON.readTree(server.post(path, body, KEY).body());
  }

  @Test
  void theKeyIsAskedForAndKeptInMemoryOnly() {
    assertThat(browser.findAll("#model option"))
        .extracting(WebElement::getText)
        .containsExactly("demo", "demo-littlebit", "demo-fp16");
    assertThat(browser.text("#facts")).contains("nanoquant", "0.73 bits", "1024 tokens");
    assertThat(browser.evaluate("localStorage.length + sessionStorage.length + document.cookie"))
        .isEqualTo("0");
    assertThat(String.valueOf(browser.evaluate("document.documentElement.outerHTML")))
        .doesNotContain(KEY);

    browser.fill("#key", "another-key-than-that" + Keys.TAB);

    browser.await(() -> browser.text("#state").equals("the API key is not known here"));
  }

  @Test
  void aChatIsStreamedWithItsFiguresAndChartsAndGoesOn() throws JsonProcessingException {
    set("temperature", "0");
    set("max_tokens", "40");
    ask("Who lives in the old house?");
    awaitEnd();

    String first = browser.text(".answer .text");
    JsonNode expected =
        post(
            "/v1/chat/completions",
            """
            {"model":"demo","temperature":0,"max_tokens":40,
             "messages":[{"role":"user","content":"Who lives in the old house?"}]}\
            """);
    assertThat(first).isEqualTo(expected.at("/choices/0/message/content").asText()).isNotBlank();
    assertThat(browser.text(".figures"))
        .contains("40 tokens · first after ", " tokens/s · prompt of ", " · length");

    ask("And who else?");
    awaitEnd();

    JsonNode next =
        post(
            "/v1/chat/completions",
            JSON.createObjectNode()
                .put("model", "demo")
                .put("temperature", 0)
                .put("max_tokens", 40)
                .set(
                    "messages",
                    JSON.createArrayNode()
                        .add(message("user", "Who lives in the old house?"))
                        .add(message("assistant", first))
                        .add(message("user", "And who else?")))
                .toString());
    assertThat(browser.findAll(".answer .text").getLast().getDomProperty("textContent"))
        .isEqualTo(next.at("/choices/0/message/content").asText());
    browser.await(
        () -> browser.text("#server-charts figure:nth-child(2) .key0").matches("\\d.* m?s median"));
    assertThat(browser.text("#page-charts figure:nth-child(1) .now")).matches("[\\d.]+ m?s");
    assertThat(browser.text("#curl"))
        .contains("curl -N '" + server.url() + "/v1/chat/completions'", "And who else?")
        .doesNotContain(KEY);
    browser.screenshot("chat-light");
  }

  private static JsonNode message(String role, String content) {
    return JSON.createObjectNode().put("role", role).put("content", content);
  }

  @Test
  void escapeStopsTheAnswerAndTheServer() {
    set("max_tokens", "900");
    openDetails();
    browser.find("[data-field=ignore_eos]").click();
    ask("Tell me everything.");
    browser.await(() -> browser.findAll(".token").size() > 5);

    browser.press(Keys.ESCAPE);
    awaitEnd();

    assertThat(browser.text(".figures")).contains("stopped here");
    server.await("vllm:num_requests_running", DEMO, 0);
    int shown = browser.findAll(".token").size();
    assertThat(shown).isLessThan(900);
    ask("Again."); // and another one works
    browser.await(() -> browser.findAll(".token").size() > shown + 5);
    browser.find("#stop").click();
    awaitEnd();
    assertThat(browser.text(".exchange:last-child .figures")).contains("stopped here");
  }

  @Test
  void clearingEndsTheAnswerAndForgetsIt() throws JsonProcessingException {
    set("max_tokens", "900");
    openDetails();
    browser.find("[data-field=ignore_eos]").click();
    ask("Tell me everything.");
    browser.await(() -> browser.findAll(".token").size() > 5);

    browser.find("#clear").click();
    awaitEnd();

    assertThat(browser.findAll(".exchange")).isEmpty();
    set("max_tokens", "4");
    ask("Hello");
    awaitEnd();
    assertThat(browser.findAll(".exchange")).hasSize(1);
    String command = browser.text("#curl");
    JsonNode sent =
        JSON.readTree(command.substring(command.indexOf('{'), command.lastIndexOf('\'')));
    assertThat(sent.path("messages")).hasSize(1);
  }

  @Test
  void pointingAtATokenShowsWhatElseCouldHaveCome() throws JsonProcessingException {
    browser.find("input[value=completion]").sendKeys(Keys.SPACE);
    set("temperature", "0");
    set("max_tokens", "12");
    ask("The old house stood");
    awaitEnd();
    browser.find("#shade").click();
    WebElement token = browser.findAll(".token").get(2);

    browser.point(token);

    JsonNode logprobs =
        post(
                "/v1/completions",
                """
                {"model":"demo","prompt":"The old house stood","temperature":0,"max_tokens":12,
                 "logprobs":5}\
                """)
            .at("/choices/0/logprobs");
    assertThat(browser.find("#inspector").isDisplayed()).isTrue();
    assertThat(token.getDomProperty("textContent")).isEqualTo(logprobs.at("/tokens/2").asText());
    assertThat(browser.findAll("#inspector li")).hasSize(5);
    String most = browser.text("#inspector li:first-child span:last-child");
    assertThat(Double.parseDouble(most.replace(" %", "")))
        .isCloseTo(100 * Math.exp(logprobs.at("/token_logprobs/2").asDouble()), within(0.1));
    browser.screenshot("probabilities");

    browser.point(browser.find("h1"));
    assertThat(browser.find("#inspector").isDisplayed()).isFalse();
  }

  @Test
  void anErrorIsShownInTheServersWordsAndThePromptComesBack() throws JsonProcessingException {
    set("temperature", "1000");
    ask("Hello");
    awaitEnd();

    String message =
        post(
                "/v1/chat/completions",
                """
                {"model":"demo","temperature":1000,"messages":[{"role":"user","content":"Hello"}]}\
                """)
            .at("/error/message")
            .asText();
    assertThat(browser.text(".answer .error")).isEqualTo(message).contains("temperature", "1000");
    assertThat(browser.find("#prompt").getDomProperty("value")).isEqualTo("Hello");
    browser.screenshot("error");
  }

  @Test
  void markupInPromptsAndAnswersIsText() {
    String markup =
        "<img src=x onerror=\"document.title='run'\"><script>document.title='run'</script>";
    browser.find("input[value=completion]").sendKeys(Keys.SPACE);
    openDetails();
    browser.find("[data-field=echo]").click(); // the model then answers it
    set("max_tokens", "4");
    ask(markup);
    awaitEnd();

    assertThat(browser.text(".question .text")).isEqualTo(markup);
    assertThat(browser.text(".answer .text")).startsWith(markup);
    assertThat(browser.findAll("#transcript img, #transcript script")).isEmpty();
    for (WebElement token : browser.findAll(".token").subList(0, 3)) {
      browser.point(token);
    }
    assertThat(browser.findAll("#inspector img, #inspector script")).isEmpty();
    assertThat(browser.evaluate("document.title")).isEqualTo("Whit playground");
  }

  @Test
  void answersKeepToAFormat() throws JsonProcessingException {
    openDetails();
    new Select(browser.find("#format")).selectByValue("json_schema");
    browser.fill("#schema", "{\"enum\": [\"yes\", \"no\"]}");
    ask("Is it raining?");
    awaitEnd();

    assertThat(JSON.readTree(browser.text(".answer .text")).asText()).isIn("yes", "no");

    browser.fill("#schema", "{");
    ask("Is it raining?");
    awaitEnd();

    assertThat(browser.text(".answer .error")).startsWith("JSON Schema: ");
  }

  @Test
  void everythingCanBeDoneWithTheKeyboard() {
    set("max_tokens", "12");
    browser.find("#prompt").click();
    browser.press("Hello");
    browser.pressHolding(Keys.CONTROL, Keys.ENTER);
    browser.await(() -> !browser.findAll(".figures").isEmpty());

    browser.pressHolding(Keys.SHIFT, Keys.TAB);

    WebElement first = browser.focused();
    assertThat(first.getDomAttribute("class")).isEqualTo("token");
    assertThat(browser.find("#inspector").isDisplayed()).isTrue();
    String described = browser.text("#inspector");
    browser.press(Keys.ARROW_RIGHT);
    assertThat(browser.focused()).isNotEqualTo(first);
    assertThat(browser.focused().getDomAttribute("aria-describedby")).isEqualTo("inspector");
    assertThat(browser.text("#inspector")).isNotEqualTo(described);
    browser.press(Keys.ESCAPE);
    assertThat(browser.find("#inspector").isDisplayed()).isFalse();
    assertThat(
            browser.evaluate(
                """
                [...document.querySelectorAll('input, select, textarea')]
                  .filter(control => control.labels.length === 0).map(control => control.id)\
                """))
        .isEqualTo(List.of());
  }

  @Test
  void aDarkScreenAndANarrowOneAreServedToo() {
    browser.prefer("dark");
    set("max_tokens", "60");
    ask("Tell me of the sea.");
    awaitEnd();
    assertThat(browser.evaluate("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo("rgb(16, 22, 27)");
    browser.screenshot("chat-dark");

    browser.resize(390, 1700);

    assertThat(browser.evaluate("document.documentElement.scrollWidth > innerWidth"))
        .isEqualTo(false);
    browser.screenshot("chat-narrow");
  }

  @Test
  void thePageWorksBehindAPrefix() throws IOException {
    HttpServer proxy =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    proxy.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    proxy.createContext("/some/prefix/", PageIT::forward);
    proxy.start();
    try {
      browser.open("http://127.0.0.1:%d/some/prefix/".formatted(proxy.getAddress().getPort()));
      browser.fill("#key", KEY + Keys.ENTER);
      browser.await(() -> browser.text("#state").equals("Ready"));
      set("max_tokens", "4");
      ask("Hello");
      awaitEnd();

      assertThat(browser.text(".figures")).contains("4 tokens");
    } finally {
      proxy.stop(0);
    }
  }

  /** As reverse proxies do, without the prefix. */
  private static void forward(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString().substring("/some/prefix".length());
      HttpResponse<byte[]> reply =
          server.forward(
              exchange.getRequestMethod(),
              path,
              exchange.getRequestHeaders(),
              exchange.getRequestBody().readAllBytes());
      reply
          .headers()
          .firstValue("content-type")
          .ifPresent(type -> exchange.getResponseHeaders().set("content-type", type));
      exchange.sendResponseHeaders(reply.statusCode(), 0);
      exchange.getResponseBody().write(reply.body());
    }
  }

  @Test
  void theModulesReadStreamsAndMetrics() {
    Object read =
        browser.evaluateLater(
            """
            Promise.all(['sse', 'prometheus', 'tokens', 'stopwatch'].map(m => import(`/page/${m}.js`)))
              .then(async ([sse, prometheus, tokens, stopwatch]) => {
                const bytes = new TextEncoder().encode(
                    ': ping\\n\\ndata: é\\r\\n\\r\\nevent: x\\ndata:1\\ndata: 2\\n\\ndata: cut off');
                const stream = new ReadableStream({
                  start(to) {
                    bytes.forEach(byte => to.enqueue(Uint8Array.of(byte)));
                    to.close();
                  }});
                const events = [];
                for await (const event of sse.events(stream)) events.push(event);

                const line = (le, n) => `h_bucket{le="${le}",m="a\\\\"b"} ${n}\\n`;
                const at = (...n) => prometheus.buckets(
                    prometheus.parse(line('0.1', n[0]) + line('0.2', n[1]) + line('+Inf', n[2]), 'h'), 'h');
                const before = at(1, 1, 1);

                const a = {text: 'a'}, half = {text: '\\ufffd'}, b = {text: 'b'};
                const times = [0, 100, 200, 350];
                const watch = new stopwatch.Stopwatch(() => times.shift());
                [2, 3, 2].forEach(n => watch.arrived(n));
                done({
                  events,
                  label: prometheus.parse(line('1', 1), 'h')[0].labels.m,
                  median: prometheus.quantile(before, at(1, 11, 11), 0.5).toFixed(3),
                  beyond: prometheus.quantile(before, at(1, 1, 3), 0.5),
                  none: prometheus.quantile(before, before, 0.5) === null,
                  pieces: tokens.pieces('aéb', [a, half, half, b]).map(p => `${p.text}:${p.tokens.length}`),
                  cut: tokens.pieces('ax', [a, b]).map(p => `${p.text}:${p.tokens.length}`),
                  ttft: watch.timeToFirstToken,
                  speed: watch.tokensPerSecond,
                });
              }).catch(failure => done(String(failure)));
            """);

    assertThat(read)
        .isEqualTo(
            Map.of(
                "events",
                List.of("é", "1\n2"),
                "label",
                "a\"b",
                "median",
                "0.150",
                "beyond",
                0.2,
                "none",
                true,
                "pieces",
                List.of("a:1", "éb:3"),
                "cut",
                List.of("a:1", "x:1"),
                "ttft",
                100L,
                "speed",
                20L));
  }
}
