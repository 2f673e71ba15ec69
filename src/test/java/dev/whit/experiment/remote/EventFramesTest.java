package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EventFramesTest {
  private static final int LIMIT = 64;
  private static final List<String> DATA = List.of("{\"a\":\"é€𝄞\"}", "b", "[DONE]");

  private static byte[] stream(String lineBreak) {
    StringBuilder stream = new StringBuilder(": ping" + lineBreak + lineBreak);
    for (String data : DATA) {
      stream.append("id: 1").append(lineBreak).append("data: ").append(data);
      stream.append(lineBreak).append(lineBreak);
    }
    return stream.toString().getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n"})
  void eventsAreTheSameWhereverTheyAreSplit(String lineBreak) {
    byte[] stream = stream(lineBreak);
    Random random = new Random(3);
    for (int run = 0; run < 200; run++) {
      EventFrames frames = new EventFrames(LIMIT);
      ByteArrayOutputStream passed = new ByteArrayOutputStream();
      List<String> data = new ArrayList<>();
      for (int begin = 0; begin < stream.length; ) {
        int end = Math.min(stream.length, begin + 1 + random.nextInt(run < 10 ? 1 : 20));
        for (byte[] event : frames.take(Arrays.copyOfRange(stream, begin, end))) {
          passed.writeBytes(event);
          data.add(EventFrames.data(event));
        }
        begin = end;
      }
      assertThat(passed.toByteArray()).isEqualTo(stream);
      assertThat(data).containsExactly("", DATA.get(0), DATA.get(1), DATA.get(2));
    }
  }

  @Test
  void whatIsNotWholeIsHeldBack() {
    EventFrames frames = new EventFrames(LIMIT);
    assertThat(frames.take("data: 1\n".getBytes(StandardCharsets.UTF_8))).isEmpty();
    assertThat(frames.take("\ndata".getBytes(StandardCharsets.UTF_8)))
        .containsExactly("data: 1\n\n".getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void linesOfDataAreJoined() {
    assertThat(EventFrames.data("data: 1\nevent: x\ndata:2\n\n".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("1\n2");
  }

  @Test
  void anEventThatIsTooLargeIsRefused() {
    EventFrames frames = new EventFrames(LIMIT);
    String largest = "data: " + "x".repeat(LIMIT - 8) + "\n\n";
    assertThat(frames.take(largest.getBytes(StandardCharsets.UTF_8))).hasSize(1);
    for (int i = 0; i < LIMIT; i++) {
      assertThat(frames.take(new byte[] {'x'})).isEmpty();
    }
    assertThatThrownBy(() -> frames.take(new byte[] {'x'}))
        .isInstanceOf(RemoteException.class)
        .hasMessageContaining("an event of more than 64 bytes");
  }
}
