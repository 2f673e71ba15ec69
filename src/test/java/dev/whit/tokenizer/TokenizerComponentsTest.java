package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files at which the tokenizers library would end the process. */
class TokenizerComponentsTest {
  private static final Path GOOD =
      Path.of("src/test/resources/tokenizer/byte-level/tokenizer.json");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DECODER =
      "\"decoder\":{\"type\":\"ByteLevel\",\"add_prefix_space\":true,\"trim_offsets\":true,"
          + "\"use_regex\":true}";
  private static final String DEEP = "[".repeat(65) + "]".repeat(65);

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"type\":\"ByteLevel\",\"use_regex\":1e999}|decoder ByteLevel: field use_regex",
        "{\"type\":\"ByteLevel\",\"more\":true}|decoder ByteLevel: field more",
        "{\"type\":\"Unheard\"}|decoder of type Unheard is not supported",
        "{\"type\":\"Precompiled\"}|decoder of type Precompiled is not supported",
        "{\"type\":1}|decoder has no type",
        "[]|decoder has no type",
        "1e999|decoder has no type",
        "{\"type\":\"Strip\",\"content\":\"ab\",\"start\":0,\"stop\":0}|field content",
        "{\"type\":\"Strip\",\"content\":\"a\",\"start\":-1,\"stop\":0}|field start",
        "{\"type\":\"Replace\",\"pattern\":{\"String\":\"\\ud800\"},\"content\":\"\"}|field pattern",
        "{\"type\":\"Replace\",\"pattern\":{\"Regex\":\"(a+)+$\"},\"content\":\"\"}"
            + "|decoder Replace: pattern (a+)+$ repeats a choice: (a+)+",
        "{\"type\":\"Sequence\",\"decoders\":{}}|field decoders",
        "{\"type\":\"Sequence\",\"decoders\":[{\"type\":\"Fuse\"},1]}|decoder has no type",
      })
  void refusesADecoderThatIsNotAsItMustBe(String decoder, String complaint) throws IOException {
    refuses(edited(DECODER, "\"decoder\":" + decoder), complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      quoteCharacter = '`',
      value = {
        "\"special_tokens\":{\"<#\"special_tokens\":{\"x<#special tokens that it has",
        "\"ids\":[0]#\"ids\":[320]#id 320 is not one of the vocabulary's 320",
        "\"ids\":[0]#\"ids\":[-1]#field special_tokens",
        "\"ids\":[0]#\"ids\":[0,1]#as many tokens",
        "\"single\":[#\"single\":[{\"Sequence\":{\"id\":\"B\",\"type_id\":0}},#single: A",
        "\"single\":[#\"single\":[{\"Sequence\":{\"id\":\"C\",\"type_id\":0}},#single: A",
        "\"single\":[#\"single\":[{},#single: A",
      })
  void refusesATemplateThatTheLibraryCannotFill(String part, String other, String complaint)
      throws IOException {
    refuses(edited(part, other), complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "continuing_subword_prefix|\"##\"|model.continuing_subword_prefix is \"##\": not supported",
        "continuing_subword_prefix|5|model.continuing_subword_prefix is 5",
        "dropout|0.5|model.dropout is 0.5: not supported",
        "dropout|\"x\"|model.dropout is \"x\""
      })
  void refusesFieldsOfTheModel(String field, String value, String complaint) throws IOException {
    ObjectNode edited = (ObjectNode) JSON.readTree(compact());
    ((ObjectNode) edited.get("model")).set(field, JSON.readTree(value));
    refuses(edited.toString(), complaint);
  }

  @Test
  void takesFieldsOfTheModelThatSayNothing() throws IOException {
    ObjectNode plain = (ObjectNode) JSON.readTree(compact());
    ((ObjectNode) plain.get("model"))
        .put("continuing_subword_prefix", "")
        .put("end_of_word_suffix", "")
        .put("dropout", 0.0);
    HuggingFaceTokenizer.load(write(plain.toString())).close();
  }

  @Test
  void refusesWhatIsNoJsonToTheLibrary() throws IOException {
    String good = compact();
    refuses(good + "x", "not a readable tokenizer.json");
    refuses(good + "{}", "more after its JSON object");
    refuses("[]", "model.vocab is missing");
    refuses(edited(DECODER, "\"decoder\":" + DEEP), "not a readable tokenizer.json");
    refuses(edited(DECODER, DECODER + "," + DECODER), "not a readable tokenizer.json");
  }

  @Test
  void complainsInOneLine() throws IOException {
    String name = "x\\n".repeat(10_000);
    assertThat(refusal(edited(DECODER, "\"decoder\":{\"type\":\"" + name + "\"}")))
        .hasSizeLessThan(600)
        .doesNotContain("\n");
  }

  @Test
  void takesAFileWithoutComponents() throws IOException {
    ObjectNode plain = (ObjectNode) JSON.readTree(compact());
    plain.putNull("decoder").remove("post_processor");
    HuggingFaceTokenizer.load(write(plain.toString())).close();
  }

  private void refuses(String json, String complaint) throws IOException {
    assertThat(refusal(json)).startsWith(directory.toString()).contains(complaint);
  }

  private String refusal(String json) throws IOException {
    Path file = write(json);
    return String.valueOf(
        assertThatExceptionOfType(TokenizerException.class)
            .isThrownBy(() -> HuggingFaceTokenizer.load(file))
            .actual()
            .getMessage());
  }

  private Path write(String json) throws IOException {
    return Files.writeString(directory.resolve("tokenizer.json"), json, StandardCharsets.UTF_8);
  }

  private static String edited(String part, String replacement) throws IOException {
    String good = compact();
    assertThat(good).contains(part);
    return good.replace(part, replacement);
  }

  private static String compact() throws IOException {
    return JSON.readTree(GOOD.toFile()).toString();
  }
}
