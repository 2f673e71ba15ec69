package dev.whit.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Damaged files: a refusal or a checkpoint whose every element can be read, nothing else. */
@Timeout(60)
class HostileFilesTest {
  private static final int MUTATIONS = 5000;

  /** A small good file of each container. */
  enum Container {
    SAFETENSORS {
      @Override
      byte[] file() {
        return new SafetensorsWriter()
            .addHeader("\"__metadata__\":{\"format\":\"pt\"}")
            .add("a.U_packed", "I32", new long[] {2, 3}, new byte[24])
            .add("a.u1", "BF16", new long[] {1, 2}, new byte[4])
            .add("eff_bit", "F64", new long[] {}, new byte[8])
            .add("empty", "U8", new long[] {0}, new byte[0])
            .toBytes();
      }
    },
    TORCH_ZIP {
      @Override
      byte[] file() {
        byte[] pickle =
            PickleWriter.stateDict(entries -> {
              entries.text("a.U_packed").tensor("IntStorage", "0", 2, 3);
              entries.text("a.u1").raw('q', 1);
              entries.tensor("BFloat16Storage", "1", 8, 2, new long[] {2}, new long[] {3});
            });
        return new TorchZipWriter(pickle)
            .storage("0", new byte[24])
            .storage("1", new byte[16])
            .toBytes();
      }
    },
    GGUF {
      @Override
      byte[] file() {
        return new GgufWriter()
            .string("general.architecture", "llama")
            .u32("llama.block_count", 1)
            .flag("tokenizer.ggml.add_bos_token", true)
            .strings("tokenizer.ggml.tokens", "a", "bc")
            .f32s("tokenizer.ggml.scores", 0, 1)
            .tensor("blk.0.attn_q.nq_v", 26, new long[] {2, 3}, new byte[24])
            .tensor("token_embd.weight", 8, new long[] {2, 32}, new byte[68])
            .floats("output_norm.weight", new long[] {2}, 1, 2)
            .toBytes();
      }
    };

    abstract byte[] file();
  }

  @ParameterizedTest
  @EnumSource
  void refusesAFileTruncatedAtAnyByte(Container container) {
    byte[] whole = container.file();
    assertThat(CheckpointReader.read(InMemoryFile.of(whole))).isNotEmpty();
    for (int length = 0; length < whole.length; length++) {
      byte[] truncated = Arrays.copyOf(whole, length);
      assertThatExceptionOfType(CheckpointException.class)
          .as("%d of %d bytes", length, whole.length)
          .isThrownBy(() -> CheckpointReader.read(InMemoryFile.of(truncated)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesOrReadsAFileWithAFewWrongBytes(Container container) {
    byte[] whole = container.file();
    Random random = new Random(20_250_101);
    int refused = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      byte[] mutated = whole.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        mutated[random.nextInt(mutated.length)] = mutation(random);
      }
      refused += readsWholly(mutated, i) ? 0 : 1;
    }
    assertThat(refused).isBetween(MUTATIONS / 10, MUTATIONS - 1);
  }

  /** Any byte, but often one that is an extreme of a length or sign. */
  private static byte mutation(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> (byte) 0xff;
      case 2 -> (byte) 0x80;
      default -> (byte) random.nextInt(256);
    };
  }

  private static boolean readsWholly(byte[] file, int mutation) {
    try {
      List<Tensor> tensors = CheckpointReader.read(InMemoryFile.of(file));
      tensors.forEach(TensorData::floats);
      return true;
    } catch (CheckpointException e) {
      assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
      return false;
    } catch (RuntimeException | Error e) {
      return fail("mutation " + mutation + " of seed 20250101", e);
    }
  }
}
