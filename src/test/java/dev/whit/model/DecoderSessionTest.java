package dev.whit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.kernel.Buffer;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DecoderSessionTest {
  private final ScalarKernels kernels = new ScalarKernels();
  private LoadedModel model;

  @BeforeEach
  void load() {
    Path directory = Path.of("src/test/resources/golden/llama/littlebit");
    model = ModelLoader.load(new ModelSource(directory, null), kernels, (ready, total) -> {});
  }

  @AfterEach
  void close() {
    model.close();
    kernels.close();
  }

  @Test
  void logitsAreOfTheRowsThatWereAskedFor() {
    int vocabSize = model.config().vocabSize();
    try (SingleSequence sequence = new SingleSequence(model.decoder(), 5)) {
      float[] all = sequence.append(3, 1, 4, 1, 5);
      ForwardBatch batch = sequence.session().batch();
      batch.logits = 2;
      batch.logitRows[0] = 1;
      batch.logitRows[1] = 4;
      float[] last = new float[vocabSize];
      sequence.session().logits(1, 1, last);
      assertThat(last).isEqualTo(Arrays.copyOfRange(all, 4 * vocabSize, 5 * vocabSize));
    }
  }

  @Test
  void refusesRowsThatWereNotAskedFor() {
    try (SingleSequence sequence = new SingleSequence(model.decoder(), 2)) {
      sequence.append(3, 1);
      float[] target = new float[2 * model.config().vocabSize()];
      DecoderSession session = sequence.session();
      assertThatThrownBy(() -> session.logits(1, 2, target))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("logit rows 1 + 2 of 2");
      assertThatThrownBy(() -> session.logits(0, 0, target))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aWorkspaceTakesWhatWasPlannedForIt() {
    try (Resources resources = new Resources()) {
      Workspace work = new Workspace(model.config(), 7, kernels, resources);
      long values =
          Stream.of(
                  work.hidden,
                  work.normed,
                  work.branch,
                  work.qkv,
                  work.attended,
                  work.gateUp,
                  work.activated,
                  work.headInput,
                  work.logits)
              .mapToLong(Buffer::length)
              .sum();
      long rotary = 7L * model.config().layers().getFirst().rope().orElseThrow().rotaryDim();
      assertThat(Decoder.workspaceBytes(model.config(), 7))
          .isEqualTo((values + rotary) * Float.BYTES);
    }
  }
}
