package dev.whit.app;

import dev.whit.config.ModelSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The models that ship with the server, served when none is named. */
final class DemoModels {
  private DemoModels() {}

  static List<ModelSpec> in(Path directory) {
    return List.of(
        demo("demo", directory.resolve("nanoquant")),
        demo("demo-littlebit", directory.resolve("littlebit")),
        demo("demo-fp16", directory.resolve("fp16")));
  }

  private static ModelSpec demo(String name, Path directory) {
    return new ModelSpec(name, directory, Optional.empty(), OptionalInt.empty(), Optional.empty());
  }
}
