package dev.whit.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class HubTest {
  private static final HubRepo REPO = HubRepo.parse("org/name");
  private static final byte[] CONFIG =
      "{\"model_type\": \"llama\"}".getBytes(StandardCharsets.UTF_8);

  /** Two parts and a bit. */
  private static final byte[] WEIGHTS = new byte[2 * FileDownload.PART + 1000];

  static {
    new Random(1).nextBytes(WEIGHTS);
  }

  private final List<String> retries = Collections.synchronizedList(new ArrayList<>());
  private long received;
  private long present;

  private final PullListener listener =
      new PullListener() {
        @Override
        public synchronized void onBytes(long bytes, boolean wasReceived) {
          present += bytes;
          received += wasReceived ? bytes : 0;
        }

        @Override
        public void onRetry(String what) {
          retries.add(what);
        }
      };

  @TempDir Path cache;
  private Duration timeout = Duration.ofSeconds(20);
  private StubHub stub;

  @BeforeEach
  void start() throws IOException {
    stub = new StubHub();
    stub.files.put("config.json", CONFIG);
    stub.files.put("notes.txt", new byte[] {1});
    stub.files.put("model.safetensors", WEIGHTS);
    stub.files.put("pytorch_model.bin", new byte[] {2});
    stub.files.put("onnx/model.safetensors", new byte[] {3});
    stub.files.put("../../evil.safetensors", new byte[] {4});
    stub.large.add("model.safetensors");
  }

  @AfterEach
  void stop() {
    stub.close();
  }

  @Test
  void fetchesWhatAModelNeedsIntoTheLayoutOfPythonsCache() throws Exception {
    Path snapshot = pull();

    Path repository = cache.resolve("models--org--name");
    assertThat(snapshot).isEqualTo(repository.resolve("snapshots").resolve(StubHub.COMMIT));
    try (Stream<Path> files = Files.list(snapshot)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("config.json", "model.safetensors");
    }
    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")))
        .isEqualTo(Path.of("../../blobs", StubHub.gitHash(CONFIG)));
    assertThat(Files.readSymbolicLink(snapshot.resolve("model.safetensors")))
        .isEqualTo(Path.of("../../blobs", StubHub.hash("SHA-256", WEIGHTS)));
    assertThat(repository.resolve("refs/main")).hasContent(StubHub.COMMIT);
    try (Stream<Path> blobs = Files.list(repository.resolve("blobs"))) {
      assertThat(blobs).hasSize(2);
    }
    assertThat(stub.storageRequests()).isEqualTo(3);
    assertThat(received).isEqualTo(CONFIG.length + WEIGHTS.length);
  }

  @Test
  void whatPythonHasFetchedIsNotFetchedAgain() throws Exception {
    Path blobs = Files.createDirectories(cache.resolve("models--org--name/blobs"));
    Files.write(blobs.resolve(StubHub.hash("SHA-256", WEIGHTS)), WEIGHTS);

    Path snapshot = pull();

    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(stub.storageRequests()).isZero();
    assertThat(present).isEqualTo(CONFIG.length + WEIGHTS.length);
    assertThat(received).isEqualTo(CONFIG.length);
  }

  @Test
  void goesOnWhereAKilledDownloadWas() throws Exception {
    Path blobs = Files.createDirectories(cache.resolve("models--org--name/blobs"));
    String name = StubHub.hash("SHA-256", WEIGHTS);
    byte[] partial = WEIGHTS.clone();
    Arrays.fill(partial, FileDownload.PART, 2 * FileDownload.PART, (byte) 0);
    Files.write(blobs.resolve(name + ".whit"), partial);
    Files.write(blobs.resolve(name + ".whit-parts"), new byte[] {1, 0, 1});

    Path snapshot = pull();

    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(received).isEqualTo(CONFIG.length + FileDownload.PART);
    assertThat(stub.storageRequests()).isEqualTo(1);
  }

  @Test
  void cutConnectionsAreTakenUpWhereTheyBroke() throws Exception {
    // The stub's connections stay open without a byte, so this is about silence too.
    stub.cutAfter = 5_000_000;
    timeout = Duration.ofSeconds(1);

    Path snapshot = pull();

    assertThat(snapshot.resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
    assertThat(received).isEqualTo(CONFIG.length + WEIGHTS.length);
    assertThat(retries).isNotEmpty();
  }

  @Test
  void aConnectionThatBringsNothingIsGivenUp() {
    stub.cutAfter = 0;
    timeout = Duration.ofSeconds(1);

    assertThatThrownBy(this::pull)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("model.safetensors: gave up after 6 attempts");
    assertThat(cache.resolve("models--org--name/refs/main")).doesNotExist();
  }

  @Test
  void busyAndBrokenServersAreAskedAgain() throws Exception {
    stub.failures.set(3);
    pull();
    assertThat(retries).hasSize(3).allMatch(retry -> retry.contains("status 429; again in 0.0 s"));

    retries.clear();
    stub.failure = 503;
    stub.failures.set(2);
    pull();
    assertThat(retries).hasSize(2).allMatch(retry -> retry.contains("status 503"));
  }

  @Test
  void aServerWithoutRangesIsReadFromItsBeginning() throws Exception {
    stub.ignoresRanges = true;

    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aWrongChecksumIsRefusedAndLeavesNothing() throws Exception {
    stub.corrupts = true;

    assertThatThrownBy(this::pull)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("model.safetensors: what arrived does not have the checksum");
    try (Stream<Path> blobs = Files.list(cache.resolve("models--org--name/blobs"))) {
      assertThat(blobs).hasSize(1); // config.json
    }
    stub.corrupts = false;
    assertThat(pull().resolve("model.safetensors")).hasBinaryContent(WEIGHTS);
  }

  @Test
  void aFileShorterThanItsListSaysIsRefusedAtOnce() {
    stub.isShorter = true;

    assertThatThrownBy(this::pull)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("does not have the bytes that its list of files promises")
        .hasMessageNotContaining("signature");
    assertThat(retries).isEmpty();
  }

  @Test
  void theTokenGoesToTheHubAndNotToItsStorage() throws Exception {
    stub.token = "hf_secret";
    assertThatThrownBy(this::pull)
        .isInstanceOf(HubException.class)
        .hasMessageContaining("status 401")
        .hasMessageContaining("set HF_TOKEN");

    hub(Optional.of("hf_secret"), false).pull(REPO, listener);

    assertThat(stub.requests)
        .filteredOn(request -> request.startsWith("storage"))
        .isNotEmpty()
        .allMatch(request -> request.endsWith("authorization=null"));
    assertThatThrownBy(() -> hub(Optional.of("wrong"), false).pull(REPO, listener))
        .hasMessageContaining("the token may not read it")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void whatIsNotThereIsSaidAtOnce() {
    assertThatThrownBy(() -> hub(Optional.empty(), false).pull(HubRepo.parse("org/none"), listener))
        .isInstanceOf(HubException.class)
        .hasMessageContaining("/api/models/org/none/revision/main: not found");
    assertThat(retries).isEmpty();
  }

  @Test
  void oneOfSeveralFilesMustBeNamed() throws Exception {
    stub.files.remove("model.safetensors");
    stub.files.remove("pytorch_model.bin");
    stub.files.put("a.gguf", new byte[] {5});
    stub.files.put("b.gguf", new byte[] {6});

    assertThatThrownBy(this::pull)
        .hasMessageContaining("org/name/FILE")
        .hasMessageContaining("[a.gguf, b.gguf]");
    Path file = hub(Optional.empty(), false).pull(HubRepo.parse("org/name/b.gguf"), listener);
    assertThat(file).hasBinaryContent(new byte[] {6}).hasFileName("b.gguf");
    assertThatThrownBy(
            () -> hub(Optional.empty(), false).pull(HubRepo.parse("org/name/c.gguf"), listener))
        .hasMessageContaining("no file c.gguf");
  }

  @Test
  void aRepositoryWithoutWeightsIsRefused() {
    stub.files.remove("model.safetensors");
    stub.files.remove("pytorch_model.bin");
    assertThatThrownBy(this::pull).hasMessageContaining("no weights that can be read");
  }

  @Test
  void withoutTheHubTheCacheIsUsed() throws Exception {
    Path snapshot = pull();
    assertThat(hub(Optional.empty(), true).pull(REPO, listener)).isEqualTo(snapshot);
    Hub hub = hub(Optional.empty(), false);
    stub.close();
    assertThat(hub.pull(REPO, listener)).isEqualTo(snapshot);
    assertThat(retries.getLast()).contains("using what was fetched before");
    assertThatThrownBy(() -> hub.pull(HubRepo.parse("org/other"), listener))
        .hasMessageContaining("org/other is not in the cache");
  }

  @Test
  void listsAndRemovesWhatItHas() throws Exception {
    HubCache entries = new HubCache(cache);
    assertThat(entries.list()).isEmpty();
    Path snapshot = pull();
    assertThat(entries.list())
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.id()).isEqualTo("org/name");
          assertThat(entry.snapshot()).contains(snapshot);
          assertThat(entry.bytes()).isBetween((long) WEIGHTS.length, WEIGHTS.length + 200L);
        });
    Path outside = Files.writeString(cache.resolve("outside"), "kept");
    Files.createSymbolicLink(snapshot.resolve("link"), outside);

    assertThat(entries.remove(REPO)).isPresent();
    assertThat(entries.list()).isEmpty();
    assertThat(outside).hasContent("kept");
    assertThat(entries.remove(REPO)).isEmpty();
  }

  private Path pull() throws InterruptedException {
    return hub(Optional.empty(), false).pull(REPO, listener);
  }

  private Hub hub(Optional<String> token, boolean offline) {
    return new Hub(
        new HubSettings(stub.endpoint(), cache, token, offline), timeout, Duration.ofMillis(1));
  }
}
