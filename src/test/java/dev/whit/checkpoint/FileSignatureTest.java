package dev.whit.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FileSignatureTest {
  private static void assertRefused(byte[] bytes, String reason) {
    assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> FileSignature.of(InMemoryFile.of(bytes)))
        .satisfies(e -> assertThat(e.reason()).contains(reason));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void recognisesEveryContainer() {
    byte[] zip = new TorchZipWriter(PickleWriter.stateDict(entries -> {})).toBytes();
    byte[] safetensors = SafetensorsWriter.file("{}", 0);

    assertThat(FileSignature.of(InMemoryFile.of(zip))).isEqualTo(FileSignature.TORCH_ZIP);
    assertThat(FileSignature.of(InMemoryFile.of(safetensors))).isEqualTo(FileSignature.SAFETENSORS);
    assertThat(FileSignature.of(InMemoryFile.of(ascii("GGUF and more"))))
        .isEqualTo(FileSignature.GGUF);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 8})
  void refusesAFileTooShort(int length) {
    assertRefused(new byte[length], "has only " + length + " bytes");
  }

  @ParameterizedTest
  @CsvSource({
    "version https://git-lfs.github.com/spec/v1, git-lfs pointer",
    "<!DOCTYPE html><html>, web page",
    "'\n  <HTML lang=en>', web page",
    "<?xml version=\"1.0\"?>, web page",
    "some other text, 'neither a safetensors, a torch zip nor a GGUF file'"
  })
  void saysWhatATextIsInstead(String text, String reason) {
    assertRefused(ascii(text), reason);
  }

  @Test
  void refusesTorchsFormatFromBefore16() {
    // pickle.dump(0x1950a86a20f9469cfc6c, protocol=2), which such a file begins with
    byte[] magic = {
      (byte) 0x80,
      2,
      (byte) 0x8a,
      10,
      0x6c,
      (byte) 0xfc,
      (byte) 0x9c,
      0x46,
      (byte) 0xf9,
      0x20,
      0x6a,
      (byte) 0xa8,
      0x50,
      0x19,
      '.'
    };

    assertRefused(magic, "from before 1.6");
  }

  @Test
  void refusesATarArchive() {
    byte[] tar = new byte[512];
    System.arraycopy(ascii("ustar"), 0, tar, 257, 5);

    assertRefused(tar, "tar archive");
  }

  @Test
  void refusesGzip() {
    assertRefused(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, 0}, "gzip");
  }
}
