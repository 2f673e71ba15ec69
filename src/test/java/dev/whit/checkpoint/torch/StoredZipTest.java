package dev.whit.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.InMemoryFile;
import dev.whit.checkpoint.MappedFile;
import dev.whit.checkpoint.ZipWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One test per way a zip file can be bad. */
class StoredZipTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final int NO_FLAGS = 0;
  private static final int ENCRYPTED = 1;
  private static final int DEFLATED = 8;

  private final ZipWriter zip = new ZipWriter();

  private static String text(MappedFile file, String name) {
    ZipEntry entry = StoredZip.read(file).find(name).orElseThrow();
    return file.utf8(entry.offset(), entry.size());
  }

  private void assertReadsHello() {
    assertThat(text(InMemoryFile.of(zip.toBytes()), "hello")).isEqualTo("hello");
  }

  private CheckpointException refusal() {
    return refusal(zip.toBytes());
  }

  private static CheckpointException refusal(byte[] bytes) {
    return assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> StoredZip.read(InMemoryFile.of(bytes)))
        .actual();
  }

  @Test
  void findsEntriesWhoseSizesFollowTheirData() {
    zip.add("other", new byte[100]);
    zip.add("hello", HELLO);

    assertReadsHello();
    assertThat(StoredZip.read(InMemoryFile.of(zip.toBytes())).names())
        .containsExactly("other", "hello");
  }

  @Test
  void findsEntriesWithSizesInTheirHeader() {
    zip.add("hello", HELLO).flags(NO_FLAGS);

    assertReadsHello();
  }

  @Test
  void readsSizesAndOffsetsOf64Bits() {
    zip.add("other", new byte[100]).zip64();
    zip.add("hello", HELLO).zip64();

    assertReadsHello();
  }

  @Test
  void readsEndRecordsWithoutZip64() {
    zip.withoutZip64End().add("hello", HELLO);

    assertReadsHello();
  }

  @Test
  void readsAFileWithAComment() {
    zip.comment("PK\5\6 is how the end record begins, and this comment is not one")
        .add("hello", HELLO);

    assertReadsHello();
  }

  @Test
  void readsAnEmptyEntryAndAnEmptyZip() {
    assertThat(StoredZip.read(InMemoryFile.of(zip.toBytes())).names()).isEmpty();
    zip.add("empty", new byte[0]);

    assertThat(text(InMemoryFile.of(zip.toBytes()), "empty")).isEmpty();
  }

  @Test
  void refusesACompressedEntry() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ZipOutputStream bomb = new ZipOutputStream(out)) {
      bomb.putNextEntry(new java.util.zip.ZipEntry("archive/data/0"));
      bomb.write(new byte[10_000_000]);
    }

    assertThat(refusal(out.toByteArray()).reason())
        .isEqualTo("zip entry archive/data/0 is compressed (method 8); torch.save only stores");
  }

  @Test
  void refusesAnEntryCompressedByItsLocalHeaderOnly() {
    byte[] bytes = withHello();
    bytes[8] = DEFLATED;

    assertThat(refusal(bytes).reason()).contains("contradicts the zip directory");
  }

  @Test
  void refusesAnEncryptedEntry() {
    zip.add("hello", HELLO).flags(ENCRYPTED);

    assertThat(refusal().reason()).isEqualTo("zip entry hello is encrypted");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"../hello", "a/../../hello", "a/..", "..", "/hello", "a\\hello", "a\nb", ""})
  void refusesANameThatLeadsOutOfTheFolder(String name) {
    zip.add(name, HELLO);

    assertThat(refusal().reason()).contains("is not a plain relative path");
  }

  @Test
  void acceptsDotsThatLeadNowhere() {
    zip.add("a..b/...", HELLO);

    assertThat(text(InMemoryFile.of(zip.toBytes()), "a..b/...")).isEqualTo("hello");
  }

  @Test
  void refusesADuplicateName() {
    zip.add("hello", HELLO);
    zip.add("hello", HELLO);

    assertThat(refusal().reason()).isEqualTo("zip entry hello is there twice");
  }

  @Test
  void refusesANameThatTheLocalHeaderContradicts() {
    zip.add("hello", HELLO).localName("jello");

    assertThat(refusal().reason()).contains("header of zip entry hello contradicts");
  }

  @Test
  void refusesASizeThatTheLocalHeaderContradicts() {
    zip.add("hello", HELLO).flags(NO_FLAGS).localSize(4);

    assertThat(refusal().reason()).contains("size of zip entry hello contradicts");
  }

  @ParameterizedTest
  @ValueSource(longs = {6 + 64, 0xFFFF_FFFEL, 1L << 32, 1L << 62, Long.MAX_VALUE})
  void refusesAnEntryThatEndsOutsideTheFile(long size) {
    zip.add("hello", HELLO).zip64().size(size);

    assertThat(refusal().reason()).contains("of " + size + " bytes ends outside");
  }

  @Test
  void refusesANegativeSize() {
    zip.add("hello", HELLO).zip64().size(-1);

    assertThat(refusal().reason()).isEqualTo("zip entry hello of -1 bytes takes -1");
  }

  @Test
  void refusesAnEntryThatExpands() {
    zip.add("hello", HELLO).size(1000).storedSize(5);

    assertThat(refusal().reason()).isEqualTo("zip entry hello of 1000 bytes takes 5");
  }

  @Test
  void refusesOverlappingEntries() {
    zip.add("first", new byte[10]).size(20);
    zip.add("hello", HELLO);

    assertThat(refusal().reason()).isEqualTo("zip entry hello overlaps another");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 1 << 20, 1L << 40, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void refusesAnEntryWhoseHeaderIsElsewhere(long offset) {
    zip.add("hello", HELLO).zip64().header(offset);

    assertThat(refusal().reason()).isEqualTo("no header of zip entry hello here");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 0xFFFE, 1L << 40})
  void refusesAWrongNumberOfEntries(long count) {
    zip.claimEntries(count);
    zip.add("hello", HELLO);

    // The narrow field is cut to 16 bits: then it already contradicts the wide one.
    assertThat(refusal().reason()).containsAnyOf("has 1 entries, not " + count, "disagree");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1L << 40, -1})
  void refusesADirectoryThatDoesNotEndAtTheEndRecords(long offset) {
    zip.claimDirectory(offset);
    zip.add("hello", HELLO);

    assertThat(refusal().reason()).containsAnyOf("does not end here", "disagree");
  }

  @Test
  void refusesATruncatedFile() {
    byte[] bytes = withHello();

    assertThat(refusal(Arrays.copyOf(bytes, bytes.length - 1)).reason()).contains("truncated");
  }

  @Test
  void refusesADirectoryOfSomethingElse() {
    byte[] bytes = withHello();
    int directory = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
    bytes[directory] = 'X';

    CheckpointException refusal = refusal(bytes);

    assertThat(refusal.reason()).isEqualTo("not an entry of a zip directory");
    assertThat(refusal.offset()).isEqualTo(directory);
  }

  private byte[] withHello() {
    zip.add("hello", HELLO);
    return zip.toBytes();
  }
}
