package dev.whit.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.ThreadMXBean;
import dev.whit.bench.synth.Method;
import dev.whit.bench.synth.ModelSynthesizer;
import dev.whit.bench.synth.SynthSpec;
import dev.whit.checkpoint.DType;
import dev.whit.kernel.BatchLayout;
import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvType;
import dev.whit.kernel.cpu.VectorKernels;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A step allocates nothing, on the thread that asks for it and on the team's. */
class DecodeAllocationTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 256, "intermediate_size": 600,
       "num_hidden_layers": 2, "num_attention_heads": 8, "num_key_value_heads": 4,
       "vocab_size": 300, "max_position_embeddings": 128, "rms_norm_eps": 1e-5}
      """;

  private static final int THREADS = 2;
  private static final int BLOCK_SIZE = 16;
  private static final int BLOCKS = 3; // of a sequence
  private static final int CONTEXT = 40;

  /** Steps of a round. */
  private static final int STEPS = 50;

  /**
   * Rounds at the most. Before the compiler has come to it, code of the Vector API allocates a
   * vector for each operation; when it comes is its own affair, so the test waits for it.
   */
  private static final int ROUNDS = 400;

  private static final ThreadMXBean THREAD_MEMORY =
      (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path directory;

  @ParameterizedTest
  @CsvSource({
    "LITTLEBIT, INT8, F16, 1",
    "LITTLEBIT, INT8, F16, 6",
    "NANOQUANT, STORED, INT8, 1",
    "DENSE, STORED, F32, 6"
  })
  void aStepAllocatesNothing(Method method, HeadType head, KvType kvType, int sequences)
      throws IOException {
    ObjectNode config = (ObjectNode) new ObjectMapper().readTree(CONFIG);
    SynthSpec spec = new SynthSpec(method, 1, DType.BF16, 1);
    ModelSynthesizer.write(
        Path.of("test"), config, spec, directory.resolve("model"), (written, total) -> {});
    long[] threads = THREAD_MEMORY.getAllThreadIds();
    try (Kernels kernels = new VectorKernels(THREADS);
        LoadedModel model =
            ModelLoader.load(
                new ModelSource(directory.resolve("model"), null),
                kernels,
                head,
                (ready, total) -> {});
        KvCache cache = model.decoder().allocateCache(sequences * BLOCKS, BLOCK_SIZE, kvType);
        DecoderSession session = model.decoder().openSession(cache, sequences, sequences, BLOCKS)) {
      long[] team = teamStartedSince(threads);
      assertThat(team).hasSize(THREADS - 1);
      float[] logits = new float[sequences * model.config().vocabSize()];
      decode(session.batch(), sequences);

      assertThat(leastAllocated(() -> step(session, logits), team)).isZero();
    }
  }

  private static void decode(ForwardBatch batch, int sequences) {
    BatchLayout layout = batch.layout;
    layout.tokens = sequences;
    layout.sequences = sequences;
    batch.logits = sequences;
    for (int s = 0; s < sequences; s++) {
      layout.tokenIds[s] = s;
      layout.positions[s] = CONTEXT - 1;
      layout.sequenceOf[s] = s;
      layout.slots[s] = s * BLOCKS * BLOCK_SIZE + CONTEXT - 1;
      layout.queryStart[s + 1] = s + 1;
      layout.contextLength[s] = CONTEXT;
      batch.logitRows[s] = s;
      for (int b = 0; b < BLOCKS; b++) {
        layout.blockTable[s * BLOCKS + b] = s * BLOCKS + b;
      }
    }
  }

  private static void step(DecoderSession session, float[] logits) {
    session.forward();
    session.logits(0, session.batch().logits, logits);
  }

  private static long[] teamStartedSince(long[] before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("whit-worker"))
        .mapToLong(Thread::threadId)
        .filter(id -> Arrays.stream(before).noneMatch(old -> old == id))
        .toArray();
  }

  /** Bytes that a round of steps allocates, in the round in which it was the least. */
  private static long leastAllocated(Runnable step, long[] team) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      long before = allocated(team);
      for (int i = 0; i < STEPS; i++) {
        step.run();
      }
      least = Math.min(least, allocated(team) - before);
    }
    return least;
  }

  private static long allocated(long[] team) {
    long bytes = THREAD_MEMORY.getCurrentThreadAllocatedBytes();
    for (long id : team) {
      bytes += THREAD_MEMORY.getThreadAllocatedBytes(id);
    }
    return bytes;
  }
}
