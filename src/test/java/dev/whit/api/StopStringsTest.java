package dev.whit.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StopStringsTest {
  @Test
  void returnsTextAtOnceThatCannotBeginAStop() {
    StopStrings stops = new StopStrings(List.of("END"));
    assertThat(stops.add("some text. ")).isEqualTo("some text. ");
    assertThat(stops.finish()).isEmpty();
  }

  @Test
  void findsAStopAcrossPieces() {
    StopStrings stops = new StopStrings(List.of("END"));
    assertThat(stops.add("text E")).isEqualTo("text ");
    assertThat(stops.add("N")).isEmpty();
    assertThat(stops.add("D and more")).isEmpty();
    assertThat(stops.matched()).isTrue();
    assertThat(stops.add("later")).isEmpty();
  }

  @Test
  void releasesABeginningThatWasNone() {
    StopStrings stops = new StopStrings(List.of("END"));
    assertThat(stops.add("EN")).isEmpty();
    assertThat(stops.add("EMY")).isEqualTo("ENEMY");
    assertThat(stops.matched()).isFalse();
  }

  @Test
  void holdsTheBeginningOfAnyStop() {
    StopStrings stops = new StopStrings(List.of("aab", "abc"));
    assertThat(stops.add("aa")).isEmpty();
    assertThat(stops.add("a")).isEqualTo("a");
    assertThat(stops.add("bc")).isEmpty();
    assertThat(stops.matched()).isTrue();
  }

  @Test
  void returnsWhatItHeldAtTheEnd() {
    StopStrings stops = new StopStrings(List.of("\n\n"));
    assertThat(stops.add("line\n")).isEqualTo("line");
    assertThat(stops.finish()).isEqualTo("\n");
  }

  @Test
  void doesNotDependOnWhereTheTextIsCut() {
    Random random = new Random(7);
    for (int round = 0; round < 2000; round++) {
      String text = letters(random, 30);
      List<String> stops =
          List.of(letters(random, 1 + random.nextInt(4)), letters(random, 1 + random.nextInt(4)));
      int first = stops.stream().mapToInt(text::indexOf).filter(at -> at >= 0).min().orElse(-1);
      StopStrings matcher = new StopStrings(stops);
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < text.length(); i++) {
        out.append(matcher.add(text.substring(i, i + 1)));
        assertThat(text).as("stops %s", stops).startsWith(out.toString());
      }
      out.append(matcher.finish());
      assertThat(matcher.matched()).isEqualTo(first >= 0);
      if (first < 0) {
        assertThat(out).hasToString(text);
      } else {
        // Letter by letter the stop that ends first is met.
        assertThat(stops).anyMatch(stop -> text.startsWith(stop, out.length()));
      }
    }
  }

  private static String letters(Random random, int length) {
    return random
        .ints(length, 'a', 'c')
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
