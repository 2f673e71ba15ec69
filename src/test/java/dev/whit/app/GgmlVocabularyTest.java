package dev.whit.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.whit.checkpoint.MappedFile;
import dev.whit.checkpoint.gguf.GgufReader;
import dev.whit.tokenizer.GgufTokenizer;
import dev.whit.tokenizer.Tokenizer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** llama.cpp's vocabulary-only files give the ids that it expects, where the data is there. */
class GgmlVocabularyTest {
  private static final Path DATA =
      Path.of(System.getProperty("whit.data", "../shared/data"), "tokenizers", "ggml-vocab");

  @ParameterizedTest
  @ValueSource(strings = {"gpt-2", "llama-spm", "phi-3"})
  void encodesAsLlamaCppExpects(String name) throws IOException {
    Path file = DATA.resolve("ggml-vocab-" + name + ".gguf");
    assumeTrue(Files.exists(file), () -> file + " is not there");
    List<String> texts =
        List.of(Files.readString(Path.of(file + ".inp")).split("\n__ggml_vocab_test__\n", -1));
    List<String> ids = Files.readAllLines(Path.of(file + ".out"));
    assertThat(texts).hasSize(ids.size() + 1).last().isEqualTo(""); // a separator ends each text
    SoftAssertions softly = new SoftAssertions();
    try (Arena arena = Arena.ofConfined()) {
      GgufText metadata = new GgufText(GgufReader.read(MappedFile.map(file, arena)).metadata());
      try (Tokenizer tokenizer = GgufTokenizer.load(file, metadata).tokenizer()) {
        for (int i = 0; i < ids.size(); i++) {
          softly
              .assertThat(tokenizer.encode(texts.get(i), false))
              .as("'%s'", texts.get(i))
              .containsExactly(ids(ids.get(i)));
        }
      }
    }
    softly.assertAll();
  }

  private static int[] ids(String line) {
    return Arrays.stream(line.strip().split(" +"))
        .filter(id -> !id.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }
}
