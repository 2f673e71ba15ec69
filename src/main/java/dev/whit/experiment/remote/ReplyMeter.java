package dev.whit.experiment.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.experiment.remote.RemoteException.Reason;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Measures a reply of {@code /completions} or {@code /chat/completions} as it passes: when its
 * tokens came, why its choices ended, what it says of its usage. Times are those at which bytes
 * arrived here. Takes no more memory than the text that it keeps for counting.
 *
 * <p>A stream states its usage only if its client has asked for it. The request is not changed for
 * that, as its client would see one event more: where {@link #usage()} is null the tokens of {@link
 * #texts()} can be counted. Written by the thread that reads the reply, and read by it.
 */
public final class ReplyMeter {
  /** Characters of text that are kept, of all choices. */
  static final int MAX_TEXT = 128 * 1024;

  private static final int MAX_CHOICES = 128;
  private static final int MAX_REASON = 64;
  private static final String DONE = "[DONE]";
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  static {
    JSON.getFactory()
        .setStreamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(100).build());
  }

  private final LongConsumer gaps;
  private final SortedMap<Integer, StringBuilder> texts = new TreeMap<>();
  private final SortedMap<Integer, String> finishReasons = new TreeMap<>();
  private int textLength;
  private boolean textCut;
  private int tokenEvents;
  private long firstToken;
  private long lastToken;
  private @Nullable ReplyUsage usage;
  private boolean complete;

  /**
   * Tokens as the remote has counted them.
   *
   * @param promptTokens tokens of the prompt
   * @param cachedTokens those of them that it had computed before
   * @param completionTokens tokens of the answer
   */
  public record ReplyUsage(int promptTokens, int cachedTokens, int completionTokens) {}

  /** One that tells each time between two events with tokens, in nanoseconds. */
  ReplyMeter(LongConsumer gaps) {
    this.gaps = gaps;
  }

  /** {@link System#nanoTime()} of the first event with a token; empty for replies in one piece. */
  public OptionalLong firstToken() {
    return tokenEvents == 0 ? OptionalLong.empty() : OptionalLong.of(firstToken);
  }

  /** Events with a token so far. */
  public int tokenEvents() {
    return tokenEvents;
  }

  /** Why choices have ended, in the remote's words, in their order. */
  public List<String> finishReasons() {
    return List.copyOf(finishReasons.values());
  }

  /** Its tokens, if it says how many. */
  public @Nullable ReplyUsage usage() {
    return usage;
  }

  /** What each choice has said so far, reasoning and calls of tools included, up to a bound. */
  public List<String> texts() {
    return texts.values().stream().map(StringBuilder::toString).toList();
  }

  /** Whether {@link #texts()} lack something. */
  public boolean isTextCut() {
    return textCut;
  }

  /** Whether it has come to its proper end. */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Reads an event of a stream.
   *
   * @param arrived {@link System#nanoTime()} of its last byte
   * @throws RemoteException if it is not one of OpenAI's, or says that the remote has failed
   */
  void event(String data, long arrived) {
    if (data.isEmpty()) {
      return;
    }
    if (data.equals(DONE)) {
      complete = true;
      return;
    }
    ObjectNode event;
    try {
      event = object(JSON.readTree(data));
    } catch (JsonProcessingException e) {
      throw notJson();
    }
    requireNoError(event);
    if (read(event, "delta")) {
      if (tokenEvents == 0) {
        firstToken = arrived;
      } else {
        gaps.accept(arrived - lastToken);
      }
      lastToken = arrived;
      tokenEvents++;
    }
  }

  /**
   * Reads a reply in one piece.
   *
   * @throws RemoteException if it is not a JSON object, or says that the remote has failed
   */
  void whole(byte[] body) {
    ObjectNode reply = parse(body);
    requireNoError(reply);
    read(reply, "message");
    complete = true;
  }

  /**
   * Reads why the remote refuses a request.
   *
   * @throws RemoteException if it is not a JSON object
   */
  void refusal(byte[] body) {
    parse(body);
    complete = true;
  }

  private static ObjectNode parse(byte[] body) {
    try {
      return object(JSON.readTree(body));
    } catch (IOException e) {
      throw notJson();
    }
  }

  private static void requireNoError(ObjectNode reply) {
    if (reply.hasNonNull("error") || reply.path("object").asText().equals("error")) {
      throw new RemoteException(Reason.ERROR, "the remote model failed within its answer");
    }
  }

  private static ObjectNode object(@Nullable JsonNode node) {
    if (node instanceof ObjectNode object) {
      return object;
    }
    throw notJson();
  }

  private static RemoteException notJson() {
    return new RemoteException(Reason.BAD_REPLY, "the reply of the remote model is not JSON");
  }

  /** Whether there is a token in it. */
  private boolean read(ObjectNode reply, String messageField) {
    JsonNode counts = reply.path("usage");
    if (counts.isObject()) {
      usage =
          new ReplyUsage(
              counts.path("prompt_tokens").asInt(),
              counts.path("prompt_tokens_details").path("cached_tokens").asInt(),
              counts.path("completion_tokens").asInt());
    }
    boolean hasToken = false;
    int position = 0;
    for (JsonNode choice : reply.path("choices")) {
      int index = choice.path("index").asInt(position++);
      if (index >= 0 && index < MAX_CHOICES) {
        hasToken |= keep(index, choice.path("text"));
        hasToken |= keepMessage(index, choice.path(messageField));
        JsonNode reason = choice.path("finish_reason");
        if (reason.isTextual() && reason.textValue().length() <= MAX_REASON) {
          finishReasons.put(index, reason.textValue());
        }
      }
    }
    return hasToken;
  }

  private boolean keepMessage(int index, JsonNode message) {
    // vLLM has changed the name, and for some time sent both.
    boolean hasToken =
        keep(index, message.path(message.has("reasoning") ? "reasoning" : "reasoning_content"));
    hasToken |= keep(index, message.path("content"));
    hasToken |= keep(index, message.path("refusal"));
    for (JsonNode call : message.path("tool_calls")) {
      hasToken |= keep(index, call.path("function").path("name"));
      hasToken |= keep(index, call.path("function").path("arguments"));
    }
    return hasToken;
  }

  private boolean keep(int index, JsonNode text) {
    String added = text.isTextual() ? text.textValue() : "";
    int kept = Math.min(added.length(), MAX_TEXT - textLength);
    texts.computeIfAbsent(index, first -> new StringBuilder()).append(added, 0, kept);
    textLength += kept;
    textCut |= kept < added.length();
    return !added.isEmpty();
  }
}
