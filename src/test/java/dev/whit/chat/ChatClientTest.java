package dev.whit.chat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.sun.net.httpserver.HttpServer;
import dev.whit.client.ServerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChatClientTest {
  private final StringBuilder heard = new StringBuilder();
  private final CountDownLatch gone = new CountDownLatch(1);
  private String reply = "";
  private int status = 200;
  private boolean hangs;
  private HttpServer http;
  private ChatClient client;

  @BeforeEach
  void start() throws IOException {
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext(
        "/prefix/v1/",
        exchange -> {
          try (exchange) {
            boolean known =
                "Bearer k".equals(exchange.getRequestHeaders().getFirst("authorization"));
            exchange.sendResponseHeaders(known ? status : 401, 0);
            exchange.getResponseBody().write(reply.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
            while (hangs) {
              exchange.getResponseBody().write(": ping\n\n".getBytes(StandardCharsets.UTF_8));
              exchange.getResponseBody().flush();
              Thread.sleep(10);
            }
          } catch (IOException | InterruptedException e) {
            gone.countDown();
          }
        });
    http.start();
    URI url = URI.create("http://127.0.0.1:%d/prefix/v1".formatted(http.getAddress().getPort()));
    client = new ChatClient(new ServerAddress(url, "k"));
  }

  @AfterEach
  void stop() {
    client.close();
    http.stop(0);
  }

  private Answer ask() throws IOException, InterruptedException {
    return client.ask(
        JsonNodeFactory.instance.objectNode(),
        new AnswerListener() {
          @Override
          public void reasoning(String piece) {
            heard.append('(').append(piece).append(')');
          }

          @Override
          public void content(String piece) {
            heard.append(piece);
            if (hangs) {
              Thread.currentThread().interrupt();
            }
          }
        });
  }

  private static String event(String json) {
    return "data: " + json + "\n\n";
  }

  private static String delta(String json) {
    return event("{\"choices\":[{\"delta\":%s}]}".formatted(json));
  }

  @Test
  void putsAStreamTogether() throws Exception {
    reply =
        delta("{\"role\":\"assistant\",\"content\":\"\"}")
            + ": ping\n\n"
            + delta("{\"reasoning_content\":\"hm\"}")
            + delta("{\"content\":\"é\"}")
            + event("{\"choices\":[{\"delta\":{\"content\":\"!\"},\"finish_reason\":\"stop\"}]}")
            + event("{\"choices\":[],\"usage\":{\"completion_tokens\":7}}")
            + event("[DONE]");

    Answer answer = ask();

    assertThat(heard).hasToString("(hm)é!");
    assertThat(answer.text()).isEqualTo("é!");
    assertThat(answer.finishReason()).isEqualTo("stop");
    assertThat(answer.tokens()).isEqualTo(7);
    assertThat(answer.timeToFirstToken()).isPositive();
  }

  @Test
  void failuresAreInTheServersWords() {
    reply = event("{\"error\":{\"message\":\"the model failed\"}}") + event("[DONE]");
    assertThatIOException().isThrownBy(this::ask).withMessage("the model failed");

    status = 429;
    reply = "{\"error\":{\"message\":\"the queue is full\"}}";
    assertThatIOException()
        .isThrownBy(this::ask)
        .withMessageEndingWith(" answers 429: the queue is full");

    reply = "<html>";
    assertThatIOException().isThrownBy(this::ask).withMessageEndingWith(" answers 429: no JSON");
  }

  @Test
  void aStreamThatIsCutOffIsAFailure() {
    reply = delta("{\"content\":\"a\"}");

    assertThatIOException()
        .isThrownBy(this::ask)
        .withMessage("the connection was closed before the end of the answer");
  }

  @Test
  void anInterruptionStopsTheAnswerAndClosesTheConnection() throws Exception {
    reply = delta("{\"content\":\"a\"}");
    hangs = true;

    assertThatExceptionOfType(InterruptedException.class).isThrownBy(this::ask);

    assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void theFirstModelIsTheFirstOfTheList() throws Exception {
    reply = "{\"data\":[{\"id\":\"a\"},{\"id\":\"b\"}]}";
    assertThat(client.firstModel()).isEqualTo("a");

    reply = "{\"data\":[]}";
    assertThatIOException().isThrownBy(client::firstModel).withMessageEndingWith("lists no model");
  }
}
