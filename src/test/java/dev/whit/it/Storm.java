package dev.whit.it;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many clients at once that stream, wait, go away, ask for what cannot be, or leave before they
 * have read anything; counts what became of their requests.
 */
final class Storm implements AutoCloseable {
  /** What became of a request, as its client saw it. */
  enum End {
    /** A whole answer, streamed or not. */
    ANSWERED,
    /** The client went away, before the answer or in its middle. */
    LEFT,
    /** 400, for a request that deserved it. */
    BAD,
    /** 429 with Retry-After. */
    REFUSED,
    /** 503 with Retry-After, or an error event before the end of the stream. */
    SHUT_DOWN,
    /** No connection, or one that was closed before any reply. */
    NO_REPLY,
    /** Anything else: a reply without end, without reason, or of another status. */
    WRONG
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String DATA = "data: ";

  private final HttpClient http = client();

  /**
   * For requests that are cancelled: this library's cancel may close a connection that it has
   * already given to another request, which would look like a server that hangs up.
   */
  private final HttpClient cancelled = client();

  private final URI server;
  private final boolean leaving;
  private final Map<End, AtomicInteger> ends = new ConcurrentHashMap<>();
  private final List<String> wrongs = new ArrayList<>();
  private final List<String> noReplies = new ArrayList<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Future<?>> clients = new ArrayList<>();
  private volatile boolean over;

  /**
   * Begins a storm.
   *
   * @param leaving whether some clients go away by themselves
   */
  Storm(URI server, int count, long seed, boolean leaving) {
    this.server = server;
    this.leaving = leaving;
    for (int i = 0; i < count; i++) {
      Random random = new Random(seed * 1000 + i);
      clients.add(threads.submit(() -> client(random)));
    }
  }

  private static HttpClient client() {
    return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  }

  /** No new requests; waits for what is under way. */
  void end() {
    over = true;
    for (Future<?> client : clients) {
      try {
        client.get();
      } catch (Exception e) {
        throw new AssertionError("a client of the storm", e);
      }
    }
  }

  int count(End end) {
    AtomicInteger count = ends.get(end);
    return count == null ? 0 : count.get();
  }

  /** What was wrong, for messages. */
  List<String> wrongs() {
    synchronized (wrongs) {
      return List.copyOf(wrongs);
    }
  }

  /** Why requests had no reply, for messages. */
  List<String> noReplies() {
    synchronized (noReplies) {
      return List.copyOf(noReplies);
    }
  }

  private void client(Random random) {
    while (!over) {
      End end = request(random);
      ends.computeIfAbsent(end, e -> new AtomicInteger()).incrementAndGet();
      if (end != End.ANSWERED) {
        ServerProcess.sleep(Duration.ofMillis(random.nextInt(100)));
      }
    }
  }

  private End request(Random random) {
    int kind = random.nextInt(10);
    boolean stream = kind != 0;
    boolean bad = kind == 1;
    HttpRequest request = post(body(random, stream, bad));
    int lines = leaving && kind < 6 ? random.nextInt(40) : Integer.MAX_VALUE;
    if (leaving && kind == 2) {
      var reply = cancelled.sendAsync(request, HttpResponse.BodyHandlers.discarding());
      ServerProcess.sleep(Duration.ofMillis(random.nextInt(30)));
      reply.cancel(true);
      return End.LEFT;
    }
    HttpResponse<InputStream> reply;
    try {
      reply = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
    } catch (IOException e) {
      return noReply(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8))) {
      return switch (reply.statusCode()) {
        case 200 -> stream ? stream(in, lines) : whole(in);
        case 400 -> bad ? End.BAD : wrong("400 for a good request: " + in.readLine());
        case 429 -> retryable(reply, End.REFUSED);
        case 503 -> retryable(reply, End.SHUT_DOWN);
        default -> wrong(reply.statusCode() + " " + in.readLine());
      };
    } catch (IOException e) {
      return wrong("reply of status " + reply.statusCode() + " broke off: " + e);
    }
  }

  private End retryable(HttpResponse<?> reply, End end) {
    return reply.headers().firstValueAsLong("retry-after").orElse(0) > 0
        ? end
        : wrong(reply.statusCode() + " without Retry-After");
  }

  private End whole(BufferedReader in) throws IOException {
    String reason =
        JSON.readTree(in.readAllAsString()).path("choices").path(0).path("finish_reason").asText();
    return reason.isEmpty() ? wrong("no finish_reason") : End.ANSWERED;
  }

  private End stream(BufferedReader in, int lines) throws IOException {
    String before = "";
    int read = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      if (++read > lines) {
        return End.LEFT;
      }
      if (line.equals("data: [DONE]")) {
        return end(before);
      }
      before = line.startsWith(DATA) ? line : before;
    }
    return wrong("a stream without [DONE], after " + before);
  }

  private End end(String lastEvent) throws JsonProcessingException {
    var event = JSON.readTree(lastEvent.substring(DATA.length()));
    if (event.has("error")) {
      return End.SHUT_DOWN;
    }
    String reason = event.path("choices").path(0).path("finish_reason").asText();
    return reason.equals("length") || reason.equals("stop")
        ? End.ANSWERED
        : wrong("a stream that ends with " + lastEvent);
  }

  private End wrong(String what) {
    synchronized (wrongs) {
      wrongs.add(what);
    }
    return End.WRONG;
  }

  private End noReply(IOException e) {
    synchronized (noReplies) {
      noReplies.add(e.toString());
    }
    return End.NO_REPLY;
  }

  private HttpRequest post(String body) {
    return HttpRequest.newBuilder(server.resolve("/v1/completions"))
        .timeout(PATIENCE)
        .header("content-type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private static String body(Random random, boolean stream, boolean bad) {
    // Some share a beginning, so that blocks are shared when their holders go away.
    String prompt = "The old house stood ".repeat(1 + random.nextInt(8)) + random.nextInt(1000);
    return """
    {"prompt":"%s","max_tokens":%d,"stream":%s,"ignore_eos":true,"seed":%d,"temperature":%s}\
    """
        .formatted(
            prompt, 1 + random.nextInt(40), stream, random.nextInt(100), bad ? "\"hot\"" : "0.8");
  }

  @Override
  public void close() {
    over = true;
    cancelled.shutdownNow();
    http.shutdownNow();
    threads.shutdownNow();
    cancelled.close();
    http.close();
  }
}
