package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each way in which a tokenizer can be bad is an error that names the file and what is wrong. */
class HostileTokenizerTest {
  @TempDir Path dir;

  private AbstractThrowableAssert<?, ?> loading(Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(dir.resolve(file.getKey()), file.getValue());
    }
    return assertThatThrownBy(() -> TokenizerFiles.load(dir).tokenizer().close())
        .isInstanceOf(TokenizerException.class);
  }

  static Stream<Arguments> vocabularies() {
    String vocab = "{\"a\": 0, \"b\": 1, \"ab\": 2}";
    return Stream.of(
        Arguments.of(Map.of("vocab.json", vocab), "merges.txt: not found"),
        Arguments.of(
            Map.of("vocab.json", vocab, "merges.txt", "a b\na c\n"),
            "vocab.json: merge 1 ('a' and 'c'): 'c' is not in the vocabulary"),
        Arguments.of(
            Map.of("vocab.json", vocab, "merges.txt", "ab a\n"),
            "vocab.json: merge 0 ('ab' and 'a'): 'aba' is not in the vocabulary"),
        Arguments.of(
            Map.of("vocab.json", vocab, "merges.txt", "ab\n"),
            "vocab.json: merge 0 ('ab') is not two tokens"),
        Arguments.of(
            Map.of("vocab.json", "{\"a\": 0, \"b\": 0}", "merges.txt", ""),
            "vocab.json: id 0 is given to both 'a' and 'b'"),
        Arguments.of(
            Map.of("vocab.json", "{\"a\": -1}", "merges.txt", ""),
            "vocab.json: token id -1 is not from 0 to 1048575"),
        Arguments.of(
            Map.of("vocab.json", "{\"a\": 1048576}", "merges.txt", ""),
            "vocab.json: token id 1048576 is not from 0 to 1048575"),
        Arguments.of(
            Map.of("vocab.json", "{\"" + "a".repeat(257) + "\": 0}", "merges.txt", ""),
            "vocab.json: token 0 has 257 characters, not 1 to 256"),
        Arguments.of(
            Map.of("vocab.json", "{\"a\": null}", "merges.txt", ""),
            "vocab.json: token 'a' has no id"),
        Arguments.of(Map.of("vocab.json", "[]", "merges.txt", ""), "vocab.json: not an object"),
        Arguments.of(Map.of("vocab.json", "{\"a\"", "merges.txt", ""), "vocab.json: not an object"),
        Arguments.of(
            Map.of("vocab.json", vocab, "merges.txt", "", "added_tokens.json", "{\"c\": 1}"),
            "vocab.json: id 1 is given to both 'b' and 'c'"),
        Arguments.of(
            Map.of("vocab.json", vocab, "merges.txt", "", "added_tokens.json", "{\"a\": 7}"),
            "vocab.json: token 'a' has both id 0 and id 7"),
        Arguments.of(
            Map.of("vocab.json", vocab, "merges.txt", "", "added_tokens.json", "{\"a\": \"x\"}"),
            "added_tokens.json: token id 'x' is not an integer"),
        Arguments.of(
            Map.of(
                "vocab.json", vocab,
                "merges.txt", "",
                "tokenizer_config.json", "{\"add_bos_token\": true, \"bos_token\": \"<s>\"}"),
            "vocab.json: '<s>' is not in the vocabulary"),
        Arguments.of(
            Map.of("tokenizer.model", "IQ== 0\nIg== 1\n"),
            "tokenizer.model: is a tiktoken vocabulary"),
        Arguments.of(
            Map.of("qwen.tiktoken", "IQ== 0\n"), "qwen.tiktoken: tiktoken vocabularies are not"),
        Arguments.of(Map.of(), "no tokenizer in it"));
  }

  @ParameterizedTest
  @MethodSource("vocabularies")
  void isRefused(Map<String, String> files, String message) throws IOException {
    loading(files).hasMessageContaining(message).hasMessageStartingWith(dir.toString());
  }

  static Stream<Arguments> models() {
    return Stream.of(
        Arguments.of(SentencePieceWriter.bpe(), "has no pieces"),
        Arguments.of(
            new SentencePieceWriter().piece("a", 0, TokenType.NORMAL),
            "model_type 1 is not supported, only BPE (2)"),
        Arguments.of(
            small().message(2, spec -> spec.integer(24, 1)),
            "treat_whitespace_as_suffix is not supported"),
        Arguments.of(
            small().message(2, spec -> spec.integer(41, 99)),
            "bos_id is 99, but there are 5 pieces"),
        Arguments.of(
            small().message(3, spec -> spec.text(1, "nmt_nfkc").text(2, "map")),
            "the character map of normalizer nmt_nfkc is not supported"),
        Arguments.of(small().piece("a", 0, TokenType.NORMAL), "token 'a' has both id 3 and id 5"),
        Arguments.of(small().piece("", 0, TokenType.NORMAL), "token 5 has 0 characters"),
        Arguments.of(
            small().piece("b", Float.NaN, TokenType.NORMAL), "piece 5 has type 1 and score NaN"),
        Arguments.of(
            small().message(1, piece -> piece.text(1, "b").integer(3, 7)),
            "piece 5 has type 7 and score 0.0"),
        Arguments.of(
            small().message(1, piece -> piece.bytes(1, new byte[] {(byte) 0xFF})),
            "field 1 is not UTF-8"),
        Arguments.of(small().integer(1, 3), "field 1 has the wire type 0 instead of 2"));
  }

  private static SentencePieceWriter small() {
    return SentencePieceWriter.bpe()
        .piece("<unk>", 0, TokenType.UNKNOWN)
        .piece("<s>", 0, TokenType.CONTROL)
        .piece("</s>", 0, TokenType.CONTROL)
        .piece("a", -2, TokenType.NORMAL)
        .piece("aa", -1, TokenType.NORMAL);
  }

  @ParameterizedTest
  @MethodSource("models")
  void isRefused(SentencePieceWriter model, String message) throws IOException {
    Files.write(dir.resolve("tokenizer.model"), model.toBytes());
    loading(Map.of())
        .hasMessageStartingWith(dir.resolve("tokenizer.model") + ": ")
        .hasMessageContaining(message);
  }

  /** A length of 2^40 bytes and an integer that never ends. */
  @Test
  void impossibleLengthsAreRefused() throws IOException {
    byte[] length = {10, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, (byte) 0x80, 32};
    Files.write(dir.resolve("tokenizer.model"), length);
    loading(Map.of()).hasMessageContaining("1099511627776 bytes wanted where 0 are left");
    byte[] endless = new byte[40];
    Arrays.fill(endless, (byte) 0xFF);
    Files.write(dir.resolve("tokenizer.model"), endless);
    loading(Map.of()).hasMessageContaining("an integer of more than 64 bits");
  }

  @Test
  void aCutOrMutatedModelLoadsOrIsRefused() throws IOException {
    byte[] whole = small().message(3, spec -> spec.integer(4, 0)).toBytes();
    Random random = new Random(11);
    int refused = 0;
    for (int round = 0; round < 1000; round++) {
      byte[] bytes = Arrays.copyOf(whole, 1 + random.nextInt(whole.length));
      for (int i = random.nextInt(4); i > 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      Files.write(dir.resolve("tokenizer.model"), bytes);
      try (Tokenizer tokenizer = TokenizerFiles.load(dir).tokenizer()) {
        tokenizer.decode(tokenizer.encode("aaa </s>", true), false);
      } catch (TokenizerException e) {
        refused++;
        assertThat(e).hasMessageStartingWith(dir.resolve("tokenizer.model").toString());
      }
    }
    assertThat(refused).isBetween(100, 999);
  }

  static Stream<Arguments> metadata() {
    List<String> tokens = List.of("a", "b", "ab");
    return Stream.of(
        Arguments.of(Map.of("model", "gpt2"), "tokens has 0 tokens, not 1 to 1048576"),
        Arguments.of(Map.of("tokens", tokens), "model is ''; supported are gpt2 and llama"),
        Arguments.of(
            Map.of("model", "t5", "tokens", tokens), "model is 't5'; supported are gpt2 and llama"),
        Arguments.of(
            Map.of("model", "gpt2", "pre", "bloom", "tokens", tokens),
            "pre is 'bloom'; supported are [gpt-2,"),
        Arguments.of(
            Map.of("model", "gpt2", "tokens", List.of("a", "a")), "tokens has 'a' as both 0 and 1"),
        Arguments.of(
            Map.of("model", "gpt2", "tokens", tokens, "merges", List.of("a c")),
            "merge 0 ('a' and 'c'): 'c' is not in the vocabulary"),
        Arguments.of(
            Map.of("model", "gpt2", "tokens", tokens, "token_type", new int[] {1, 1}),
            "token_type has 2 values for 3 tokens"),
        Arguments.of(
            Map.of("model", "gpt2", "tokens", tokens, "token_type", new int[] {1, 0, 1}),
            "token_type [1] is 0, not 1 to 6"),
        Arguments.of(
            Map.of("model", "gpt2", "tokens", tokens, "bos_token_id", 3),
            "bos_token_id is 3, but there are 3 tokens"),
        Arguments.of(
            Map.of("model", "llama", "tokens", tokens), "scores has 0 values for 3 tokens"),
        Arguments.of(
            Map.of("model", "llama", "tokens", tokens, "scores", new float[] {0, 0, Float.NaN}),
            "scores [2] is NaN"));
  }

  @ParameterizedTest
  @MethodSource("metadata")
  void metadataIsRefused(Map<String, Object> metadata, String message) {
    assertThatThrownBy(() -> EqualFormsTest.gguf(new HashMap<>(metadata)).tokenizer().close())
        .isInstanceOf(TokenizerException.class)
        .hasMessageStartingWith("made.gguf: ")
        .hasMessageContaining(message);
  }
}
