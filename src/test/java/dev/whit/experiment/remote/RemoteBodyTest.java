package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RemoteBodyTest {
  private static String changed(String body, String model) {
    return new String(
        RemoteBody.withModel(body.getBytes(StandardCharsets.UTF_8), model), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\":\"x\"}|{\"model\":\"big\"}",
        "{ \"model\" : \"a\\\"b\\u00e9\" , \"n\":1 }|{ \"model\" : \"big\" , \"n\":1 }",
        "{\"n\":[1,{\"model\":\"x\"}],\"model\":\"x\",\"z\":{}}"
            + "|{\"n\":[1,{\"model\":\"x\"}],\"model\":\"big\",\"z\":{}}",
        "{\"mod\\u0065l\":\"x\"}|{\"mod\\u0065l\":\"big\"}",
        "{\"model\":\"x\",\"model\":\"y\"}|{\"model\":\"big\",\"model\":\"big\"}",
        "{\"model\":null}|{\"model\":\"big\"}",
        "{\"model\":12.50}|{\"model\":\"big\"}",
        "{\"model\":12e0 }|{\"model\":\"big\" }",
        "{\"model\":{\"model\":[]},\"a\":1}|{\"model\":\"big\",\"a\":1}",
        "{\"prompt\":\"é€𝄞 \\ud834\\udd1e\",\"model\":\"é€𝄞\",\"user\":\"é\"}"
            + "|{\"prompt\":\"é€𝄞 \\ud834\\udd1e\",\"model\":\"big\",\"user\":\"é\"}",
        "{\"t\":0.10000000000000000000000000000000000000001,\"model\":\"x\",\"s\":12345678901234567890123}"
            + "|{\"t\":0.10000000000000000000000000000000000000001,\"model\":\"big\",\"s\":12345678901234567890123}",
        "{\"top_k\":5,\"model\":\"x\",\"cache_salt\":\"s\",\"unknown\":{}}"
            + "|{\"top_k\":5,\"model\":\"big\",\"cache_salt\":\"s\",\"unknown\":{}}",
      })
  void onlyTheModelIsAnother(String body, String expected) {
    assertThat(changed(body, "big")).isEqualTo(expected);
  }

  @Test
  void theModelIsEscaped() {
    assertThat(changed("{\"model\":\"x\"}", "a\"b\\c/é\n"))
        .isEqualTo("{\"model\":\"a\\\"b\\\\c/é\\n\"}");
  }

  /** Positions are right beyond the parser's own buffers. */
  @Test
  void aLongBodyKeepsItsBytes() {
    String text = "€uro \\n 𝄞".repeat(20_000);
    String body =
        "\n\t{\"prompt\":\"" + text + "\",\r\n\"model\":\"" + text + "\",\"user\":\"z\"} \n";
    assertThat(changed(body, "big"))
        .isEqualTo("\n\t{\"prompt\":\"" + text + "\",\r\n\"model\":\"big\",\"user\":\"z\"} \n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "\"model\"",
        "{\"model\":\"x\"",
        "{\"model\":\"x\"}}",
        "{\"model\":\"x\"} 1",
        "{\"model\":\"x",
        "{\"models\":\"x\"}",
        "{\"m\":{\"model\":\"x\"}}",
        "{model:1}"
      })
  void whatIsNoRequestIsRefused(String body) {
    assertThatIllegalArgumentException().isThrownBy(() -> changed(body, "big"));
  }

  @Test
  void otherEncodingsAreRefused() {
    byte[] body = "{\"model\":\"x\"}".getBytes(StandardCharsets.UTF_16LE);
    assertThatIllegalArgumentException().isThrownBy(() -> RemoteBody.withModel(body, "big"));
  }

  @Test
  void absurdNestingIsRefused() {
    String body = "{\"model\":\"x\",\"a\":" + "[".repeat(100_000);
    assertThatIllegalArgumentException().isThrownBy(() -> changed(body, "big"));
  }
}
