package dev.whit.config;

import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The settings under {@code whit.*}: the command line over the environment ({@code WHIT_*}) over
 * the file given by {@code --config} over these defaults. Read once at start.
 */
@ConfigMapping(prefix = "whit")
public interface WhitConfig {
  /** Address to listen on. Anything but loopback without API keys is warned about. */
  @WithDefault("127.0.0.1")
  String host();

  /** Port to listen on; 0 takes a free one. */
  @WithDefault("8080")
  int port();

  /**
   * Served models, {@code NAME=TARGET[,base=DIR][,ctx=N][,head=TYPE]}; without any, the demo
   * models.
   */
  Optional<List<String>> model();

  /** Directory of the demo models. */
  Optional<Path> demoDir();

  /**
   * Most tokens of a sequence, prompt and answer together; default: what the model was made for.
   */
  Optional<Integer> ctxSize();

  /** Most sequences that run at once, per model. */
  @WithDefault("32")
  int maxSeqs();

  /** Worker threads for kernels; 0 takes one per available processor. */
  @WithDefault("0")
  int threads();

  /** Element type of the key/value cache: f32, f16 or int8. */
  @WithDefault("f16")
  KvType kvCache();

  /** How output heads are kept: stored, or int8. */
  @WithDefault("stored")
  HeadType head();

  /**
   * Most memory that weights, caches and activations of all models may take together; default: what
   * the machine has.
   */
  Optional<ByteSize> memory();

  /**
   * Most requests that wait, per model; more are refused with 429, unless they are the first of
   * their caller.
   */
  @WithDefault("1024")
  int maxQueue();

  /**
   * Most prompt tokens of the requests that run or wait, per model; more are refused with 429. One
   * request alone may have more.
   */
  @WithDefault("4000000")
  int maxQueueTokens();

  /** How long running requests may take to finish at shutdown. */
  @WithDefault("30s")
  Duration drain();

  /**
   * Where traces are sent, over HTTP (OTLP), for example {@code http://localhost:4318}; default:
   * there are none.
   */
  Optional<String> otlpEndpoint();

  /** How long an answer may take, waiting included; default: as long as it needs. */
  Optional<Duration> deadline();

  /** What {@code /admin} wants as a bearer token; without a key there is no {@code /admin}. */
  Optional<String> adminKey();

  /** A chat template file that replaces the models' own. */
  Optional<Path> chatTemplate();

  /**
   * Keys of which requests must have one, as {@code Authorization: Bearer KEY}; without any here or
   * in the file, everybody may use the server.
   */
  Optional<List<String>> apiKeys();

  /** A file with more keys, one on each line; read again when it changes. */
  Optional<Path> apiKeyFile();

  /** What an API key may do, and what needs none. */
  Access access();

  /** What an API key may do, and what needs none. */
  interface Access {
    /** Most requests of a key that run at once; more are refused with 429. */
    OptionalInt maxConcurrent();

    /** Most requests of a key that begin in a minute; more are refused with 429. */
    OptionalInt requestsPerMinute();

    /** Whether metrics need no key. */
    @WithDefault("false")
    boolean publicMetrics();

    /** Origins whose pages may use the server from a browser, * for any; default: none. */
    Optional<List<String>> corsOrigins();
  }

  /** What is logged, and how. */
  Log log();

  /** What is logged, and how. */
  interface Log {
    /** Whether each request has a line: its id, model, tokens and times, neither text nor key. */
    @WithDefault("true")
    boolean access();

    /** Whether each line is a JSON object. */
    @WithDefault("false")
    boolean json();
  }

  /** Limits of the HTTP surface. */
  Http http();

  /** Limits of the HTTP surface. */
  interface Http {
    /** Largest body of a request; more is refused with 413. */
    @WithDefault("8M")
    ByteSize maxBody();

    /** How long the head of a connection's first request may take to arrive. */
    @WithDefault("20s")
    Duration headerTimeout();

    /** How long a connection may be without a request after the first, the next head included. */
    @WithDefault("75s")
    Duration keepAlive();

    /** How long a request's body may take to arrive. */
    @WithDefault("2m")
    Duration bodyTimeout();

    /** How often a stream without a token is kept alive by a comment. */
    @WithDefault("15s")
    Duration pingInterval();

    /** How long a client may leave a piece of a stream unread before its request is given up. */
    @WithDefault("30s")
    Duration slowReader();
  }
}
