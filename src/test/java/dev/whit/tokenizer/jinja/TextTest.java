package dev.whit.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class TextTest {
  @Test
  void findsWhatStringFinds() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      // Two letters and parts longer than 32 chars: many partial matches in the linear search.
      String text = letters(random, 300);
      String part =
          random.nextBoolean() && text.length() > 60
              ? text.substring(random.nextInt(20), 60)
              : letters(random, 45);
      int from = random.nextInt(text.length() + 1);
      assertThat(Text.find(text, part, from)).isEqualTo(text.indexOf(part, from));
      assertThat(Text.findLast(text, part)).isEqualTo(text.lastIndexOf(part));
    }
  }

  @Test
  void changesTheCaseAsStringDoes() {
    Random random = new Random(2);
    String alphabet = "aZ \u00df\u0130\u03a3\u03c3\u0307\ufb03\u1e9e\ud801\udc28\ud801\udc00.'";
    for (int i = 0; i < 5_000; i++) {
      StringBuilder made = new StringBuilder();
      for (int length = random.nextInt(700); length > 0; length--) {
        made.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      String text = made.toString();
      assertThat(Text.upper(text)).isEqualTo(text.toUpperCase(Locale.ROOT));
      assertThat(Text.lower(text)).isEqualTo(text.toLowerCase(Locale.ROOT));
    }
  }

  /** Where each one copied the text made so far, this would take minutes. */
  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void changesTheCaseOfMegabytesOfLettersThatGrow() {
    int count = 4 << 20;
    assertThat(Text.upper("\u00df".repeat(count))).hasSize(2 * count);
    assertThat(Text.lower("\u0130".repeat(count))).hasSize(2 * count);
  }

  private static String letters(Random random, int most) {
    StringBuilder out = new StringBuilder();
    int period = 1 + random.nextInt(9);
    for (int length = random.nextInt(most); length > 0; length--) {
      boolean repeats = out.length() >= period && random.nextInt(20) > 0;
      out.append(repeats ? out.charAt(out.length() - period) : (char) ('a' + random.nextInt(2)));
    }
    return out.toString();
  }
}
