package dev.whit.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private static final Map<String, Object> ABOUT = Map.of("block", 512);

  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void name() {
    file = directory.resolve("journal.jsonl");
  }

  private Journal<QuestionResult> open(Map<String, Object> about) throws IOException {
    return Journal.open(file, about, QuestionResult.class);
  }

  private void write(int... indexes) throws IOException {
    try (Journal<QuestionResult> journal = open(ABOUT)) {
      for (int index : indexes) {
        journal.add(new QuestionResult(index, new double[] {-1.0 / 3, index}, new double[0]));
      }
    }
  }

  @Test
  void givesBackWhatWasAdded() throws IOException {
    write(0, 2);
    write(1);

    try (Journal<QuestionResult> journal = open(ABOUT)) {
      assertThat(journal.entries().keySet()).containsExactly(0, 1, 2);
      assertThat(journal.entries().get(2).model()).containsExactly(-1.0 / 3, 2);
    }
  }

  @Test
  void whatWasHalfWrittenIsWrittenAgain() throws IOException {
    write(0, 1);
    byte[] whole = Files.readAllBytes(file);
    Files.write(
        file, "{\"index\":2,\"mod".getBytes(StandardCharsets.UTF_8), StandardOpenOption.APPEND);

    write(2);

    assertThat(Files.readString(file))
        .startsWith(new String(whole, StandardCharsets.UTF_8))
        .endsWith("\n");
    try (Journal<QuestionResult> journal = open(ABOUT)) {
      assertThat(journal.entries().keySet()).containsExactly(0, 1, 2);
    }
  }

  @Test
  void aHeadThatWasHalfWrittenIsNone() throws IOException {
    Files.writeString(file, "{\"bl");

    write(0);

    try (Journal<QuestionResult> journal = open(ABOUT)) {
      assertThat(journal.entries()).hasSize(1);
    }
  }

  @Test
  void oneOfAnotherEvaluationIsRefused() throws IOException {
    write(0);
    byte[] before = Files.readAllBytes(file);

    assertThatThrownBy(() -> open(Map.of("block", 1024)))
        .isInstanceOf(EvalException.class)
        .hasMessageContaining(file + ": is of another evaluation: block is 512 there, 1024 here");
    assertThat(Files.readAllBytes(file)).isEqualTo(before);
  }

  @Test
  void anotherFileIsRefused() throws IOException {
    Files.writeString(file, "once upon a time\n");

    assertThatThrownBy(() -> open(ABOUT))
        .isInstanceOf(EvalException.class)
        .hasMessageContaining("not a journal");
  }
}
