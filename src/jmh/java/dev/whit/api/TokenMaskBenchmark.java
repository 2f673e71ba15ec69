package dev.whit.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.backend.TokenConstraint;
import dev.whit.constraint.JsonConstraints;
import dev.whit.constraint.TokenVocabulary;
import dev.whit.tokenizer.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a constrained token costs beside the model: its mask and its step, over random answers under
 * one schema and the vocabulary of {@code -Dwhit.tokenizer}, by default Llama 3's 128,256 tokens.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "-Xmx2g")
public class TokenMaskBenchmark {
  private static final int TOKENS = 1000;
  private static final String SCHEMA =
      """
      {"type": "object", "required": ["name", "age", "email", "code", "tags", "extra"], "properties": {
        "name": {"type": "string", "maxLength": 200}, "age": {"type": "integer"},
        "email": {"type": "string", "format": "email"}, "extra": {},
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9a-z]+$"},
        "tags": {"type": "array", "items": {"enum": ["alpha", "beta"]}}}}\
      """;

  private JsonNode schema;
  private TokenVocabulary vocabulary;
  private TokenConstraint warm;
  private TokenConstraint cold;
  private long seed;

  /** Loads the vocabulary. */
  @Setup(Level.Trial)
  public void load() throws IOException {
    Path file =
        Path.of(
            System.getProperty(
                "whit.tokenizer", "../shared/data/tokenizers/llama3/tokenizer.json"));
    schema = new ObjectMapper().readTree(SCHEMA);
    try (HuggingFaceTokenizer tokenizer = HuggingFaceTokenizer.load(file)) {
      TokenTexts texts = new TokenTexts(tokenizer);
      vocabulary =
          new TokenVocabulary(
              tokenizer.size(), id -> tokenizer.isSpecial(id) ? null : texts.bytes(id));
    }
    warm = new JsonConstraints(vocabulary).schema(schema);
  }

  /** Compiles anew. */
  @Setup(Level.Invocation)
  public void compile() {
    cold = new JsonConstraints(vocabulary).schema(schema);
  }

  /** A token of a schema that others have used. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public long warmToken() {
    return answer(warm);
  }

  /** A token of the first thousand under a schema. */
  @Benchmark
  @OperationsPerInvocation(TOKENS)
  public long coldToken() {
    return answer(cold);
  }

  /** Checks as it goes: {@code after} throws for a token that is not allowed. */
  private long answer(TokenConstraint constraint) {
    SplittableRandom random = new SplittableRandom(seed++ % 16);
    TokenConstraint.Position position = constraint.start();
    long sum = 0;
    for (int i = 0; i < TOKENS; i++) {
      if (position.mustEnd()) {
        position = constraint.start();
      }
      int token = choose(position.allowed(), random);
      position = position.after(token);
      sum += token;
    }
    return sum;
  }

  /** The first allowed token from a random place on. */
  private static int choose(long[] allowed, SplittableRandom random) {
    int first = random.nextInt(allowed.length);
    for (int i = 0; i < allowed.length; i++) {
      int word = (first + i) % allowed.length;
      if (allowed[word] != 0) {
        return 64 * word + Long.numberOfTrailingZeros(allowed[word]);
      }
    }
    throw new IllegalStateException("no token is allowed");
  }
}
