package dev.whit.engine;

import dev.whit.kernel.Kernels;
import dev.whit.kernel.KvType;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import java.nio.file.Path;

/** Runs one of the small models whose reference answers are in the test resources; owns it all. */
final class GoldenRunner implements ModelRunner {
  static final Path GOLDEN = Path.of("src/test/resources/golden");
  static final int VOCABULARY = 320;

  private final Kernels kernels;
  private final LoadedModel model;
  private final DecoderRunner runner;

  GoldenRunner(String name, Kernels kernels, EngineConfig config, KvType kvType) {
    this.kernels = kernels;
    model =
        ModelLoader.load(new ModelSource(GOLDEN.resolve(name), null), kernels, (done, all) -> {});
    runner = new DecoderRunner(model.decoder(), config, kvType);
  }

  @Override
  public StepResult step(SchedulerOutput output) {
    return runner.step(output);
  }

  @Override
  public String cacheSalt(int promptLength) {
    return runner.cacheSalt(promptLength);
  }

  @Override
  public void close() {
    runner.close();
    model.close();
    kernels.close();
  }
}
