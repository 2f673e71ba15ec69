package dev.whit.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.it.ServerProcess.Exit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code whit chat} as a user runs it, with a model of the machine. */
class ChatIT {
  @Test
  void talksToAModelOfTheMachine(@TempDir Path directory) throws IOException {
    Path saved = directory.resolve("chat.json");

    Exit exit =
        ServerProcess.runWith(
            "Who are you?\nAnd he?\n/save %s\n".formatted(saved),
            "chat",
            ServerProcess.DEMO.resolve("littlebit") + ",ctx=256",
            "--field=max_tokens=8",
            "--field=temperature=0");

    assertThat(exit.code()).as("%s", exit).isZero();
    assertThat(exit.errorLines()).isEmpty();
    JsonNode request = new ObjectMapper().readTree(Files.readString(saved));
    assertThat(request.path("model").asText()).isEqualTo("littlebit");
    JsonNode messages = request.path("messages");
    assertThat(messages).hasSize(4);
    assertThat(exit.out())
        .isEqualTo(
            "%s\n%s\n"
                .formatted(
                    messages.path(1).path("content").asText(),
                    messages.path(3).path("content").asText()));
  }

  @Test
  void aMessageThatDoesNotFitIsAFailureInTheServersWords() {
    Exit exit =
        ServerProcess.runWith(
            "one two three four five six seven\n",
            "chat",
            "--model=" + ServerProcess.DEMO.resolve("littlebit") + ",ctx=4");

    assertThat(exit.code()).as("%s", exit).isEqualTo(1);
    assertThat(exit.errorLines()).singleElement().asString().contains(" answers 400: ", "4 tokens");
  }

  @Test
  void whatCannotBeTalkedToIsOneLine() {
    assertRefused(ServerProcess.runWith("", "chat", "/nonexistent"), 3, "/nonexistent: no such");
    assertRefused(
        ServerProcess.runWith("a\n", "chat", "--url=http://127.0.0.1:1"),
        1,
        "cannot connect to http://127.0.0.1:1/");
    assertUsage(ServerProcess.runWith("", "chat", "--url=localhost"), "--url localhost: expected");
    assertUsage(ServerProcess.runWith("", "chat", "a", "--model=b"), "TARGET and --model");
    assertUsage(ServerProcess.runWith("", "chat", "--field=a={"), "--field a: not JSON: {");
  }

  private static void assertRefused(Exit exit, int code, String reason) {
    assertThat(exit.code()).as("%s", exit).isEqualTo(code);
    assertThat(exit.errorLines()).singleElement().asString().startsWith("whit: ").contains(reason);
  }

  private static void assertUsage(Exit exit, String reason) {
    assertThat(exit.code()).as("%s", exit).isEqualTo(2);
    assertThat(exit.err()).contains(reason);
  }
}
