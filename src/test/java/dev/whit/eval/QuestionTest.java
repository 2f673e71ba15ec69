package dev.whit.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuestionTest {
  @TempDir private Path directory;

  private List<Question> read(String text) throws IOException {
    return Question.read(Files.writeString(directory.resolve("questions.jsonl"), text));
  }

  @Test
  void linesAreQuestions() throws IOException {
    assertThat(
            read(
                """
                {"context": "a", "choices": [" b", " c"], "label": 1, "id": 7}

                {"context": "", "choices": ["x", "y", "z"], "label": 0}
                """))
        .containsExactly(
            new Question("a", List.of(" b", " c"), 1), new Question("", List.of("x", "y", "z"), 0));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '\0',
      value = {
        "{\"choices\": [\"a\", \"b\"], \"label\": 0} # \"context\" must be a string",
        "{\"context\": 1, \"choices\": [\"a\", \"b\"], \"label\": 0} # \"context\" must be a string",
        "{\"context\": \"\", \"choices\": [\"a\"], \"label\": 0} # a list of two or more",
        "{\"context\": \"\", \"choices\": {\"a\": \"b\", \"c\": \"d\"}, \"label\": 0} # a list of two",
        "{\"context\": \"\", \"choices\": [\"a\", \"\"], \"label\": 0} # strings that are not empty",
        "{\"context\": \"\", \"choices\": [\"a\", \"b\"], \"label\": 2} # from 0 to 1, is 2",
        "{\"context\": \"\", \"choices\": [\"a\", \"b\"], \"label\": \"0\"} # from 0 to 1, is \"0\"",
        "{\"context\": \"\", # Unexpected end-of-input",
      })
  void whatIsNoneIsNamed(String line, String message) {
    assertThatThrownBy(
            () -> read("{\"context\":\"\",\"choices\":[\"a\",\"b\"],\"label\":0}\n" + line))
        .isInstanceOf(EvalException.class)
        .hasMessageContaining("line 2: ")
        .hasMessageContaining(message);
  }

  @Test
  void aFileWithoutQuestionsIsRefused() {
    assertThatThrownBy(() -> read("\n")).hasMessageContaining("no questions in it");
  }
}
