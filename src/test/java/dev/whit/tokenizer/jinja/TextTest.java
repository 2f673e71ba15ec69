package dev.whit.tokenizer.jinja;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

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
