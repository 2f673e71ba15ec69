package dev.whit.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SplitPatternTest {
  /** Of real tokenizers: GPT-2, Llama 3, o200k, DeepSeek, cl100k without its {1,3}+, Falcon. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*"
            + "|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t)?"
            + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{M}]+[\\p{Ll}\\p{M}]*(?i:'s|'t)?|\\p{N}{1,3}",
        "[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+"
            + "| ?[\\p{P}\\p{S}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
        "'(?i:[sdmt]|ll|ve|re)|[^\\r\\n\\p{L}\\p{N}]?+\\p{L}++| ?[^\\s\\p{L}\\p{N}]++[\\r\\n]*+|\\s++$|\\s*[\\r\\n]",
        "[0-9][0-9][0-9]",
        " {2,}",
        "[\\p{Han}]+|[\\p{Lu}&&[^\\p{Han}]]*[a-z]+",
        "[]a]b"
      })
  void takesWhatRealTokenizersHave(String pattern) {
    assertThat(SplitPattern.complaint(pattern)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      textBlock =
          """
          (a+)+$        ; repeats a choice: (a+)+
          (a|a)+b       ; repeats a choice: (a|a)+
          (?:a{2,}){3}  ; repeats a choice: (?:a{2,}){3}
          (a{1,9}){9}   ; repeats a choice: (a{1,9}){9}
          a*a*b         ; has 2 repetitions before b
          (?:a*)a*b+    ; has 2 repetitions before b+
          a{0,}a+b      ; has 2 repetitions before b
          a?a?a?a?a?a?a?b ; has more than 64 choices up to position 14
          a{0,99}b      ; has more than 64 choices up to position 7
          \\p{N}{1,3}+  ; repeats a repetition at position 10
          (a)\\1        ; has \\1, which is not supported
          \\k<x>        ; has \\k, which is not supported
          (?<=a)b       ; has a group of an unknown kind: (?<
          (?>a)b        ; has a group of an unknown kind: (?>
          a{b           ; has a { that is no number of repetitions
          *a            ; repeats nothing at position 0
          [a            ; ends too early
          (a            ; ends too early
          \\p{L         ; ends too early
          a)            ; has a ) without (
          """)
  void refusesWhatCouldTakeForEver(String pattern, String complaint) {
    assertThat(SplitPattern.complaint(pattern.replace("\\\\", "\\")))
        .isEqualTo(complaint.replace("\\\\", "\\"));
  }

  @Test
  void boundsItsOwnDepth() {
    assertThat(SplitPattern.complaint("(".repeat(100_000))).startsWith("has groups deeper");
    assertThat(SplitPattern.complaint("[".repeat(100_000))).startsWith("has classes deeper");
  }
}
