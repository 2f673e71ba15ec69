package dev.whit.kernel.cpu;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.PrintWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** The contract on vectors narrower than this machine's, each in a JVM of its own. */
class VectorWidthsTest {
  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void otherWidthsMeetTheContract(int bits) throws Exception {
    assumeTrue(bits != Species.BITS, "the width of this JVM, tested by VectorKernelsTest");
    assumeTrue(bits < Species.BITS, "vectors here have " + Species.BITS + " bits");
    ForkedJvm jvm =
        ForkedJvm.run(
            Contract.class,
            "--add-modules=jdk.incubator.vector",
            "-D" + Species.PROPERTY + "=" + bits);
    assertThat(jvm.exitCode()).as(jvm.output()).isZero();
    assertThat(jvm.output()).contains("vectors of " + bits + " bits");
  }

  @Test
  void anotherWidthIsRefused() throws Exception {
    ForkedJvm jvm =
        ForkedJvm.run(
            Contract.class, "--add-modules=jdk.incubator.vector", "-D" + Species.PROPERTY + "=384");
    assertThat(jvm.exitCode()).isNotZero();
    assertThat(jvm.output()).contains("whit.vector-bits is 384, not 128, 256 or 512");
  }

  /** Runs the tests of the vector kernels; exit code 1 if one fails or none is found. */
  static final class Contract {
    private Contract() {}

    public static void main(String[] args) {
      LauncherDiscoveryRequest tests =
          LauncherDiscoveryRequestBuilder.request()
              .selectors(
                  selectClass(VectorKernelsTest.OneThread.class),
                  selectClass(BinaryFactorProductTest.class),
                  selectClass(DenseProductTest.class))
              .build();
      SummaryGeneratingListener summary = new SummaryGeneratingListener();
      Launcher launcher = LauncherFactory.create();
      launcher.execute(tests, summary);
      summary.getSummary().printFailuresTo(new PrintWriter(System.out, true, UTF_8), 10);
      System.out.println("vectors of " + Species.BITS + " bits");
      boolean passed =
          summary.getSummary().getTestsSucceededCount() > 50
              && summary.getSummary().getTotalFailureCount() == 0;
      System.exit(passed ? 0 : 1);
    }
  }
}
