package dev.whit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "4096, 4096",
    "0, 0",
    "7B, 7",
    "1k, 1024",
    "8GiB, 8589934592",
    "8G, 8589934592",
    "8gb, 8000000000",
    "1.5 GiB, 1610612736",
    "0.5KB, 500",
    "2T, 2199023255552",
  })
  void reads(String text, long bytes) {
    assertThat(ByteSize.of(text).bytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "G", "-1", "8iB", "8i", "8XB", "1e9", "1.G", "99999999999999999T", "8 G B"})
  void refuses(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ByteSize.of(text))
        .withMessageContaining("8GiB");
  }
}
