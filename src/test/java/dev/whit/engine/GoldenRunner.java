package dev.whit.engine;

import dev.whit.kernel.KvType;
import dev.whit.kernel.cpu.ScalarKernels;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.ModelLoader;
import dev.whit.model.loading.ModelSource;
import java.nio.file.Path;

/** Opens the small models whose reference answers are in the test resources. */
final class GoldenRunner {
  static final Path GOLDEN = Path.of("src/test/resources/golden");
  static final int VOCABULARY = 320;

  private GoldenRunner() {}

  static DecoderRunner open(String name, EngineConfig config, KvType kvType) {
    ScalarKernels kernels = new ScalarKernels();
    LoadedModel model =
        ModelLoader.load(new ModelSource(GOLDEN.resolve(name), null), kernels, (done, all) -> {});
    return new DecoderRunner(
        model.decoder(),
        config,
        kvType,
        () -> {
          model.close();
          kernels.close();
        });
  }
}
