package dev.whit.experiment.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.net.PfxOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A key and a certificate for localhost that only its owner vouches for. */
final class LocalCertificate {
  private LocalCertificate() {}

  /** A new one in a directory. */
  static PfxOptions in(Path directory) throws Exception {
    String store = directory.resolve("key.p12").toString();
    List<String> command =
        List.of(
            System.getProperty("java.home") + "/bin/keytool",
            "-genkeypair",
            "-keyalg",
            "EC",
            "-dname",
            "CN=localhost",
            "-ext",
            "san=dns:localhost",
            "-storepass",
            "password",
            "-keystore",
            store);
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(keytool.waitFor()).as(output).isZero();
    return new PfxOptions().setPath(store).setPassword("password");
  }
}
