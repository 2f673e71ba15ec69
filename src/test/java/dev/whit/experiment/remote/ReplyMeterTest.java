package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.experiment.remote.RemoteException.Reason;
import dev.whit.experiment.remote.ReplyMeter.ReplyUsage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ReplyMeterTest {
  private final List<Long> gaps = new ArrayList<>();
  private final ReplyMeter meter = new ReplyMeter(gaps::add);

  private static String chat(int index, String delta) {
    return "{\"choices\":[{\"index\":%d,\"delta\":%s,\"finish_reason\":null}]}"
        .formatted(index, delta);
  }

  @Test
  void theRoleIsNoToken() {
    meter.event(chat(0, "{\"role\":\"assistant\",\"content\":\"\"}"), 5);
    meter.event("{\"choices\":[]}", 6);
    assertThat(meter.firstToken()).isEmpty();
    assertThat(meter.tokenEvents()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"content\":\"a\"}",
        "{\"reasoning_content\":\"a\"}",
        "{\"reasoning\":\"a\",\"reasoning_content\":\"a\"}",
        "{\"refusal\":\"a\"}",
        "{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"a\"}}]}",
        "{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"a\",\"arguments\":\"\"}}]}"
      })
  void whateverAModelSaysIsAToken(String delta) {
    meter.event(chat(0, delta), 7);
    assertThat(meter.firstToken()).hasValue(7);
    assertThat(meter.tokenEvents()).isEqualTo(1);
    assertThat(meter.texts()).containsExactly("a");
  }

  @Test
  void completionsAreMeasuredToo() {
    meter.event("{\"choices\":[{\"index\":0,\"text\":\"a\"}]}", 1);
    meter.event("{\"choices\":[{\"index\":0,\"text\":\"b\",\"finish_reason\":\"length\"}]}", 3);
    assertThat(meter.texts()).containsExactly("ab");
    assertThat(meter.finishReasons()).containsExactly("length");
    assertThat(gaps).containsExactly(2L);
  }

  @Test
  void timesAreThoseOfEventsWithTokens() {
    meter.event(chat(0, "{\"content\":\"a\"}"), 10);
    meter.event(chat(0, "{}"), 15);
    meter.event(chat(1, "{\"content\":\"b\"}"), 30);
    meter.event(chat(0, "{\"content\":\"c\"}"), 30);
    assertThat(meter.firstToken()).hasValue(10);
    assertThat(gaps).containsExactly(20L, 0L);
    assertThat(meter.tokenEvents()).isEqualTo(3);
    assertThat(meter.texts()).containsExactly("ac", "b");
  }

  @Test
  void usageAndEndAreRead() {
    meter.event("{\"choices\":[{\"index\":1,\"delta\":{},\"finish_reason\":\"stop\"}]}", 1);
    meter.event("{\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}", 1);
    assertThat(meter.usage()).isNull();
    meter.event(
        "{\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,"
            + "\"prompt_tokens_details\":{\"cached_tokens\":4}}}",
        2);
    assertThat(meter.isComplete()).isFalse();
    meter.event("[DONE]", 3);
    assertThat(meter.isComplete()).isTrue();
    assertThat(meter.usage()).isEqualTo(new ReplyUsage(7, 4, 3));
    assertThat(meter.finishReasons()).containsExactly("tool_calls", "stop");
  }

  @Test
  void aReplyInOnePieceHasNoFirstToken() {
    meter.whole(
        ("{\"choices\":[{\"index\":0,\"message\":{\"content\":\"hi\"},\"finish_reason\":\"stop\"}],"
                + "\"usage\":{\"prompt_tokens\":2,\"completion_tokens\":1}}")
            .getBytes(StandardCharsets.UTF_8));
    assertThat(meter.isComplete()).isTrue();
    assertThat(meter.firstToken()).isEmpty();
    assertThat(meter.texts()).containsExactly("hi");
    assertThat(meter.usage()).isEqualTo(new ReplyUsage(2, 0, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":{\"message\":\"secret prompt\"}}",
        "{\"object\":\"error\",\"message\":\"secret prompt\"}"
      })
  void anErrorIsAFailureWhoseTextIsNotRepeated(String error) {
    assertThatThrownBy(() -> meter.event(error, 1))
        .isInstanceOfSatisfying(
            RemoteException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ERROR))
        .hasMessageNotContaining("secret");
    assertThatThrownBy(() -> meter.whole(error.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOfSatisfying(
            RemoteException.class, e -> assertThat(e.reason()).isEqualTo(Reason.ERROR));
    assertThat(meter.isComplete()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"secret", "{\"choices\":[", "{} {}", "[]", "1", "{\"a\":NaN}"})
  void whatIsNotJsonIsAFailureWhoseTextIsNotRepeated(String data) {
    assertThatThrownBy(() -> meter.event(data, 1))
        .isInstanceOfSatisfying(
            RemoteException.class, e -> assertThat(e.reason()).isEqualTo(Reason.BAD_REPLY))
        .hasMessageNotContaining("secret")
        .hasNoCause();
  }

  @Test
  void unexpectedTypesAreNoTokens() {
    meter.event("{\"choices\":{\"a\":1},\"usage\":[],\"error\":null}", 1);
    meter.event("{\"choices\":[1,null,{\"delta\":[],\"text\":5,\"finish_reason\":{}}]}", 1);
    meter.event("{\"choices\":[{\"index\":-1,\"text\":\"a\"},{\"index\":9999,\"text\":\"a\"}]}", 1);
    assertThat(meter.tokenEvents()).isZero();
    assertThat(meter.finishReasons()).isEmpty();
  }

  @Test
  void textIsKeptUpToABound() {
    String half = "x".repeat(ReplyMeter.MAX_TEXT / 2);
    meter.event(chat(0, "{\"content\":\"" + half + "\"}"), 1);
    meter.event(chat(1, "{\"content\":\"" + half + "\"}"), 1);
    assertThat(meter.isTextCut()).isFalse();
    meter.event(chat(1, "{\"content\":\"y\"}"), 1);
    assertThat(meter.isTextCut()).isTrue();
    assertThat(meter.tokenEvents()).isEqualTo(3);
    assertThat(meter.texts()).containsExactly(half, half);
  }
}
