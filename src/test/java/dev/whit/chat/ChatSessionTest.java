package dev.whit.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatSessionTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final List<JsonNode> requests = new ArrayList<>();

  /** Says what it is told, after thinking; fails or hangs when it is told so. */
  private Answer answer(JsonNode request, AnswerListener listener)
      throws IOException, InterruptedException {
    requests.add(request.deepCopy());
    String message =
        request.path("messages").path(request.path("messages").size() - 1).path("content").asText();
    listener.reasoning("hm");
    if (message.equals("fail")) {
      throw new IOException("the queue is full");
    }
    listener.content("to ");
    if (message.equals("hang")) {
      session.stop();
      Thread.sleep(Duration.ofMinutes(1));
    }
    listener.content(message);
    return new Answer("to " + message, "stop", 3, Duration.ofMillis(20), Duration.ofMillis(100));
  }

  private ChatSession session;

  private boolean run(boolean interactive, String input) throws IOException {
    Terminal terminal =
        new Terminal(
            new StringReader(input), new PrintWriter(out), new PrintWriter(err), interactive);
    Conversation conversation = new Conversation("m", Map.of("max_tokens", IntNode.valueOf(9)));
    session = new ChatSession(terminal, this::answer, conversation);
    return session.run();
  }

  private String contents(int request) {
    List<String> contents = new ArrayList<>();
    requests
        .get(request)
        .path("messages")
        .forEach(m -> contents.add(m.path("role").asText() + ":" + m.path("content").asText()));
    return String.join(" ", contents);
  }

  @Test
  void aPipeGetsTheAnswersOnly() throws IOException {
    assertThat(run(false, "one\n\ntwo")).isTrue();

    assertThat(out.toString()).isEqualTo("to one\nto two\n");
    assertThat(err.toString()).isEmpty();
    assertThat(contents(1)).isEqualTo("user:one assistant:to one user:two");
    assertThat(requests.get(0).path("model").asText()).isEqualTo("m");
    assertThat(requests.get(0).path("max_tokens").asInt()).isEqualTo(9);
    assertThat(requests.get(0).path("stream").asBoolean()).isTrue();
  }

  @Test
  void aPipeEndsWithTheFirstFailure() throws IOException {
    assertThat(run(false, "one\nfail\ntwo\n")).isFalse();

    assertThat(out.toString()).isEqualTo("to one\n");
    assertThat(err.toString()).isEqualTo("whit: the queue is full\n");
  }

  @Test
  void aPersonSeesReasoningAndFiguresAndMayGoOnAfterAFailure() throws IOException {
    assertThat(run(true, "fail\none\n")).isTrue();

    assertThat(out.toString())
        .contains(
            "[thinks]\nhm\n[answers]\nto one\n"
                + "[3 tokens, the first after 20 ms, then 20.0 tokens/s, stop]\n>>> ");
    assertThat(err.toString()).isEqualTo("whit: the queue is full\n");
    assertThat(contents(1)).as("what failed was not said").isEqualTo("user:one");
  }

  @Test
  void aStoppedAnswerStaysAsFarAsItCame() throws IOException {
    assertThat(run(true, "hang\none\n")).isTrue();

    assertThat(out.toString()).contains("to \n[stopped]\n");
    assertThat(contents(1)).isEqualTo("user:hang assistant:to  user:one");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void stoppingNothingSaysHowToLeave() throws IOException {
    run(true, "");

    session.stop();

    assertThat(out.toString()).endsWith("\n/quit leaves, as Ctrl-D does\n>>> ");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void aBackslashContinuesAMessage() throws IOException {
    run(false, "one\\\ntwo\\\n\\\nthree\nfour\\");

    assertThat(contents(0)).isEqualTo("user:one\ntwo\n\nthree");
    assertThat(contents(1)).endsWith("user:four\n");
  }

  @Test
  void quitLeaves() throws IOException {
    assertThat(run(false, "/quit\none\n")).isTrue();

    assertThat(requests).isEmpty();
  }

  @Test
  void commandsChangeTheConversation() throws IOException {
    run(
        false,
        """
        /system Be brief.
        /params temperature=0.5 stop=["a b", "c"] max_tokens=
        one
        /reset
        /system
        two
        """);

    assertThat(contents(0)).isEqualTo("system:Be brief. user:one");
    assertThat(requests.get(0).path("temperature").asDouble()).isEqualTo(0.5);
    assertThat(requests.get(0).path("stop").path(0).asText()).isEqualTo("a b");
    assertThat(requests.get(0).has("max_tokens")).isFalse();
    assertThat(contents(1)).isEqualTo("user:two");
  }

  @Test
  void wrongCommandsAreNamed() throws IOException {
    run(true, "/nothing\n/params temperature\n/params stop=a\n/save\n/help\n");

    assertThat(err.toString().lines())
        .containsExactly(
            "whit: there is no /nothing, see /help",
            "whit: expected NAME=JSON, not temperature",
            "whit: stop is not JSON: a (texts have quotes)",
            "whit: /save needs the name of a file");
    assertThat(out.toString()).contains("/system TEXT", "/quit");
  }

  @Test
  void whatIsSavedCanBeSentAgain(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("a chat.json");
    run(true, "/system S\none\n/save %s\n/save %s\n".formatted(file, file));

    JsonNode saved = new ObjectMapper().readTree(Files.readString(file));
    assertThat(saved.path("model").asText()).isEqualTo("m");
    assertThat(saved.path("max_tokens").asInt()).isEqualTo(9);
    assertThat(saved.path("messages")).hasSize(3);
    assertThat(err.toString()).isEqualTo("whit: " + file + " is there already\n");
  }

  @Test
  void aTerminalGetsNoControlCharactersFromAModel() throws IOException {
    String message = "a\u001b[2Jb\u009b1mc\td";

    run(true, message + "\n");
    assertThat(out.toString()).contains("to a\uFFFD[2Jb\uFFFD1mc\td");

    run(false, message + "\n");
    assertThat(out.toString()).as("a pipe gets what was said").endsWith("to " + message + "\n");
  }
}
