package dev.whit.kernel.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whit.kernel.FloatType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The products at every vector width: it is fixed for a process, so each runs in one of its own.
 */
class VectorWidthTest {

  /** Entry point of the process: runs tests of the products, and fails as they fail. */
  public static final class Products {
    private Products() {}

    /** Prints the width when all have passed. */
    @SuppressWarnings("JUnitMethodInvoked") // there is no test runner in that process
    public static void main(String[] args) {
      var factors = new BinaryFactorProductTest();
      factors.anyInputWidth(1051);
      factors.anyRank(184);
      factors.anyOutputHeight(17);
      factors.anyOutputHeight(1000);
      factors.partlyOverlappingPathsAndOutputsThatNoPathCovers();
      factors.aRowDoesNotDependOnTheNumberOfRowsOrThreads();
      var dense = new DenseProductTest();
      dense.anyInputWidth(1025);
      dense.anyNumberOfRowsAndThreads(5, 2);
      for (FloatType type : FloatType.values()) {
        dense.anyType(type);
        dense.aRowDoesNotDependOnTheNumberOfRowsOrThreads(type);
      }
      dense.everyHalfIsWidenedExactly(FloatType.F16);
      dense.everyHalfIsWidenedExactly(FloatType.BF16);
      dense.weightsAndInputsThatAreNotFinite();
      dense.subnormalHalvesCount();
      System.out.println("passed with " + Species.BITS + " bits");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void productsAreRightAtAnyWidth(int bits, @TempDir Path dir) throws Exception {
    assertThat(run(Integer.toString(bits), dir)).contains("passed with " + bits + " bits");
  }

  @Test
  void anotherWidthIsRefused(@TempDir Path dir) throws Exception {
    assertThat(run("384", dir)).contains("whit.vector-bits is 384, not 128, 256 or 512");
  }

  private static String run(String bits, Path dir) throws IOException, InterruptedException {
    Path output = dir.resolve("output");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-D" + Species.PROPERTY + "=" + bits,
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Products.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(300, TimeUnit.SECONDS)).as("ended in time").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return Files.readString(output, StandardCharsets.UTF_8);
  }
}
