package dev.whit.load;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SplittableRandom;
import java.util.StringJoiner;
import java.util.random.RandomGenerator;

/**
 * The requests of a run: each is a function of the seed and its number, so that runs can be
 * compared whatever the order in which requests were sent.
 */
final class Workload {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  // Ids that every tokenizer has and that end nothing: special tokens come first, then bytes.
  private static final int FIRST_TOKEN = 16;
  private static final int LAST_TOKEN = 250;

  // A token each in most vocabularies.
  private static final String[] WORDS = {
    "the", "of", "and", "to", "in", "is", "was", "for", "that", "on", "with", "as", "by", "at",
    "from", "his", "had", "not", "are", "but", "or", "have", "an", "they", "which", "one", "were",
    "all", "her", "she", "there", "would", "their", "we", "him", "been", "has", "when", "who",
    "will", "more", "no", "if", "out", "so", "up", "said", "what", "its", "about", "than", "into",
    "them", "can", "only", "other", "time", "new", "some", "could", "these", "two", "may", "first"
  };

  private final LoadSpec spec;

  Workload(LoadSpec spec) {
    this.spec = spec;
  }

  /** The body of a request. */
  ObjectNode body(int index) {
    SplittableRandom own = new SplittableRandom(spec.seed() + (index + 1L) * GOLDEN_GAMMA);
    int length = spec.prompt().sample(own);
    ObjectNode body = JSON.objectNode();
    body.put("model", spec.model());
    switch (spec.endpoint()) {
      case COMPLETIONS -> body.set("prompt", tokens(length, own));
      case CHAT ->
          body.putArray("messages")
              .addObject()
              .put("role", "user")
              .put("content", text(length, own));
    }
    body.put("max_tokens", spec.output().sample(own));
    body.put("seed", index);
    body.put("stream", true);
    body.putObject("stream_options").put("include_usage", true);
    if (spec.ignoreEos()) {
      body.put("ignore_eos", true);
    }
    body.setAll(spec.fields());
    return body;
  }

  private ArrayNode tokens(int length, RandomGenerator own) {
    RandomGenerator shared = shared();
    ArrayNode tokens = JSON.arrayNode(length);
    for (int i = 0; i < length; i++) {
      tokens.add(source(i, length, shared, own).nextInt(FIRST_TOKEN, LAST_TOKEN));
    }
    return tokens;
  }

  private String text(int length, RandomGenerator own) {
    RandomGenerator shared = shared();
    StringJoiner text = new StringJoiner(" ");
    for (int i = 0; i < length; i++) {
      text.add(WORDS[source(i, length, shared, own).nextInt(WORDS.length)]);
    }
    return text.toString();
  }

  private RandomGenerator shared() {
    return new SplittableRandom(spec.seed());
  }

  private RandomGenerator source(
      int position, int length, RandomGenerator shared, RandomGenerator own) {
    return position < spec.sharedPrefix() * length ? shared : own;
  }
}
