package dev.whit.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The end of a process, in a JVM of its own. */
class CleanEndTest {
  @Test
  void theEndWaitsForWhatIsHalfWritten() throws Exception {
    Process jvm = jvm(Interrupted.class);
    assertThat(jvm.inputReader(UTF_8).readLine()).isEqualTo("working");
    jvm.toHandle().destroy(); // unlike its own, leaves the streams open

    assertThat(jvm.inputReader(UTF_8).readLine()).isEqualTo("clean");
    assertThat(jvm.waitFor()).isNotZero();
  }

  @Test
  void anEndAfterwardsWaitsForNobody() throws Exception {
    Process jvm = jvm(Done.class);

    assertThat(jvm.inputReader(UTF_8).readLine()).isEqualTo("not interrupted");
    assertThat(jvm.waitFor()).isZero();
  }

  private static Process jvm(Class<?> main) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            main.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Cleans up when it is interrupted. */
  static final class Interrupted {
    private Interrupted() {}

    public static void main(String[] args) {
      CleanEnd cleanEnd = new CleanEnd();
      try {
        System.out.println("working");
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        System.out.println("clean");
      } finally {
        cleanEnd.close();
      }
    }
  }

  /** Ends by itself. */
  static final class Done {
    private Done() {}

    public static void main(String[] args) {
      CleanEnd cleanEnd = new CleanEnd();
      cleanEnd.close();
      System.out.println(Thread.interrupted() ? "interrupted" : "not interrupted");
      System.exit(0);
    }
  }
}
