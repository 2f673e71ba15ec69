package dev.whit.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** The packaged program as a user starts it, in a process of its own. */
final class ServerProcess implements AutoCloseable {
  static final Path DEMO = Path.of(System.getProperty("whit.demo-dir", "src/main/demo"));

  private static final Path JAR = Path.of("target/quarkus-app/quarkus-run.jar");
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");
  private static final Duration START_LIMIT = Duration.ofMinutes(3);
  private static final Duration EXIT_LIMIT = Duration.ofMinutes(2);
  private static final List<String> JVM_OPTIONS =
      List.of(
          "--add-modules=jdk.incubator.vector",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Xmx2g",
          "-Dwhit.demo-dir=" + DEMO.toAbsolutePath());

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Process process;
  private final Path out;
  private final Path err;
  private final URI base;

  private ServerProcess(Process process, Path out, Path err, URI base) {
    this.process = process;
    this.out = out;
    this.err = err;
    this.base = base;
  }

  /** A finished run of the program. */
  record Exit(int code, String out, String err) {
    /** Lines of the error output that the JVM has not written about itself. */
    List<String> errorLines() {
      return err.lines().filter(line -> !line.startsWith("WARNING: Using incubator")).toList();
    }
  }

  /** Runs a command to its end. */
  static Exit run(Map<String, String> environment, String... arguments) {
    try (ServerProcess program = start(environment, NOWHERE, List.of(arguments))) {
      return program.awaitExit();
    }
  }

  /** Runs a command with an input, which ends, to its end. */
  static Exit runWith(String input, String... arguments) {
    try (ServerProcess program = start(Map.of(), NOWHERE, List.of(arguments))) {
      try (var stdin = program.process.outputWriter(StandardCharsets.UTF_8)) {
        stdin.write(input);
      } catch (IOException e) {
        // It has ended without reading: its exit says why.
      }
      return program.awaitExit();
    }
  }

  /** Starts {@code serve} on a free port and waits until it is ready. */
  static ServerProcess serve(String... arguments) {
    return serve(Map.of(), arguments);
  }

  /** The same with environment variables. */
  static ServerProcess serve(Map<String, String> environment, String... arguments) {
    int port = freePort();
    List<String> all = new ArrayList<>(List.of("serve", "--port", Integer.toString(port)));
    all.addAll(Arrays.asList(arguments));
    ServerProcess server = start(environment, URI.create("http://127.0.0.1:" + port), all);
    server.awaitReady();
    return server;
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServerProcess start(
      Map<String, String> environment, URI base, List<String> arguments) {
    try {
      Path out = Files.createTempFile("whit", ".out");
      Path err = Files.createTempFile("whit", ".err");
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      ProcessBuilder builder =
          new ProcessBuilder(
              Stream.of(
                      Stream.of(java),
                      JVM_OPTIONS.stream(),
                      Stream.of("-jar", JAR.toString()),
                      arguments.stream())
                  .flatMap(s -> s)
                  .toList());
      builder.environment().keySet().removeIf(name -> name.startsWith("WHIT_"));
      builder.environment().putAll(environment);
      builder.redirectOutput(out.toFile()).redirectError(err.toFile());
      return new ServerProcess(builder.start(), out, err, base);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitReady() {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!isReady()) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        close();
        throw new AssertionError("the server did not become ready: " + output());
      }
      sleep(Duration.ofMillis(50));
    }
  }

  private boolean isReady() {
    try {
      return get("/health/ready").statusCode() == 200;
    } catch (UncheckedIOException e) {
      return false; // not listening yet
    }
  }

  /** Where it listens. */
  String url() {
    return base.toString();
  }

  HttpResponse<String> get(String path) {
    return send(
        HttpRequest.newBuilder(base.resolve(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> post(String path, String json) {
    return send(request(path, json).build(), HttpResponse.BodyHandlers.ofString());
  }

  /** The same with an API key. */
  HttpResponse<String> post(String path, String json, String key) {
    return send(
        request(path, json).header("authorization", "Bearer " + key).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** A request as somebody else has sent it, with what says what it is and who asks. */
  HttpResponse<byte[]> forward(
      String method, String path, Map<String, List<String>> headers, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(base.resolve(path))
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    headers.forEach((name, values) -> {
      if (List.of("authorization", "content-type").contains(name.toLowerCase(Locale.ROOT))) {
        values.forEach(value -> request.header(name, value));
      }
    });
    return send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  /** A reply that is read line by line; closing the stream closes the connection. */
  Stream<String> stream(String path, String json) {
    return send(request(path, json).build(), HttpResponse.BodyHandlers.ofLines()).body();
  }

  private HttpRequest.Builder request(String path, String json) {
    return HttpRequest.newBuilder(base.resolve(path))
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(json));
  }

  private <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request, handler);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Sends a request as it stands and returns all that comes until the connection is closed. */
  String exchange(String request) {
    try (Socket socket = new Socket(base.getHost(), base.getPort())) {
      socket.setSoTimeout((int) EXIT_LIMIT.toMillis());
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The value of a metric's only series. */
  double metric(String name) {
    return metric(name, "");
  }

  /** The value of a metric's series, by its name and one text that its labels contain. */
  double metric(String name, String labels) {
    return metrics(name, labels)
        .reduce((a, b) -> {
          throw new AssertionError("more than one " + name + " with " + labels);
        })
        .orElseThrow(() -> new AssertionError("no " + name + " with " + labels));
  }

  /** The values of all of a metric's series with labels that contain a text. */
  DoubleStream metrics(String name, String labels) {
    return get("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + "{") || line.startsWith(name + " "))
        .filter(line -> line.contains(labels))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)));
  }

  /** Waits until a metric's only series has a value, which it must in a minute. */
  void await(String name, String labels, double value) {
    long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
    for (double now = metric(name, labels); now != value; now = metric(name, labels)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("%s is %s, not %s".formatted(name, now, value));
      }
      sleep(Duration.ofMillis(50));
    }
  }

  /** Address of the server. */
  URI address() {
    return base;
  }

  long pid() {
    return process.pid();
  }

  /** Runs a command of the JDK's jcmd on the process and returns what it prints. */
  String jcmd(String... command) {
    try {
      Process jcmd =
          new ProcessBuilder(
                  Stream.concat(
                          Stream.of(
                              Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                              Long.toString(process.pid())),
                          Stream.of(command))
                      .toList())
              .redirectErrorStream(true)
              .start();
      try (var printed = jcmd.inputReader()) {
        return printed.readAllAsString();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends SIGTERM. */
  void terminate() {
    process.destroy();
  }

  Exit awaitExit() {
    try {
      if (!process.waitFor(EXIT_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("still running after " + EXIT_LIMIT + ": " + output());
      }
      return new Exit(process.exitValue(), Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String output() {
    try {
      return Files.readString(out) + Files.readString(err);
    } catch (IOException e) {
      return e.toString();
    }
  }

  static void sleep(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    http.close();
    process.destroyForcibly();
  }
}
