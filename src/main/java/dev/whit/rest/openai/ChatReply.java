package dev.whit.rest.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.whit.api.TextDelta;
import dev.whit.api.TextStream;
import dev.whit.api.ToolCallDelta;
import dev.whit.api.Usage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code chat.completion}, or a {@code chat.completion.chunk}. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record ChatReply(
    String id,
    String object,
    long created,
    String model,
    List<? extends Choice> choices,
    @Nullable UsageReply usage,
    int @Nullable [] promptTokenIds) {

  sealed interface Choice {}

  /** A choice of a whole reply. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Answer(
      int index,
      Message message,
      @Nullable ChatLogprobs logprobs,
      @Nullable String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) int @Nullable [] tokenIds)
      implements Choice {}

  /** A choice of a chunk. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Delta(
      int index,
      Message delta,
      @Nullable ChatLogprobs logprobs,
      @Nullable String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) int @Nullable [] tokenIds)
      implements Choice {}

  /**
   * What a choice says; of a chunk, what is new.
   *
   * @param content null in JSON where a message only calls; left out where it is a chunk's
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Message(
      @Nullable String role,
      @Nullable JsonNode content,
      @Nullable String reasoningContent,
      @Nullable List<Call> toolCalls) {
    static Message of(@Nullable String role, TextDelta delta, boolean indexed) {
      boolean hasOthers = !delta.reasoning().isEmpty() || !delta.calls().isEmpty();
      JsonNode none = indexed ? null : NullNode.getInstance();
      return new Message(
          role,
          delta.text().isEmpty() && hasOthers ? none : TextNode.valueOf(delta.text()),
          delta.reasoning().isEmpty() ? null : delta.reasoning(),
          delta.calls().isEmpty()
              ? null
              : delta.calls().stream().map(call -> Call.of(call, indexed)).toList());
    }
  }

  /** A call of a tool; of a chunk, its next piece, with its index. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Call(
      @Nullable Integer index, @Nullable String id, @Nullable String type, Function function) {
    static Call of(ToolCallDelta call, boolean indexed) {
      return new Call(
          indexed ? call.index() : null,
          call.id(),
          call.id() == null ? null : "function",
          new Function(call.name(), call.arguments()));
    }
  }

  /** A function, and its arguments as the text of a JSON object. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Function(@Nullable String name, String arguments) {}

  /** The form of chats. */
  static final class Format implements ReplyFormat {
    private final TextStream stream;
    private final boolean tokenIds;
    private final boolean logprobs;
    private final long created = Instant.now().getEpochSecond();

    /** Choices whose first chunk, with the role, is out. */
    private final BitSet begun = new BitSet();

    Format(TextStream stream, boolean tokenIds, boolean logprobs) {
      this.stream = stream;
      this.tokenIds = tokenIds;
      this.logprobs = logprobs;
    }

    @Override
    public Object whole(List<TextDelta> answers, Usage usage) {
      return reply(
          "chat.completion",
          answers.stream().map(this::answer).toList(),
          UsageReply.of(usage),
          promptIds(true));
    }

    private Answer answer(TextDelta answer) {
      return new Answer(
          answer.choice(),
          Message.of("assistant", answer, false),
          logprobs(answer),
          ReplyFormat.finishReason(answer.finish()),
          ids(answer));
    }

    @Override
    public List<Object> chunks(TextDelta delta) {
      List<Object> chunks = new ArrayList<>();
      if (!begun.get(delta.choice())) {
        Message first = new Message("assistant", TextNode.valueOf(""), null, null);
        Delta role = new Delta(delta.choice(), first, null, null, null);
        chunks.add(chunk(List.of(role), null, promptIds(begun.isEmpty())));
        begun.set(delta.choice());
      }
      Delta content =
          new Delta(
              delta.choice(),
              Message.of(null, delta, true),
              logprobs(delta),
              ReplyFormat.finishReason(delta.finish()),
              ids(delta));
      chunks.add(chunk(List.of(content), null, null));
      return chunks;
    }

    @Override
    public Object usageChunk(Usage usage) {
      return chunk(List.of(), UsageReply.of(usage), null);
    }

    private ChatReply chunk(
        List<Delta> choices, @Nullable UsageReply usage, int @Nullable [] promptIds) {
      return reply("chat.completion.chunk", choices, usage, promptIds);
    }

    private ChatReply reply(
        String object,
        List<? extends Choice> choices,
        @Nullable UsageReply usage,
        int @Nullable [] promptIds) {
      return new ChatReply(
          "chatcmpl-" + stream.id(), object, created, stream.model(), choices, usage, promptIds);
    }

    private int @Nullable [] promptIds(boolean first) {
      return tokenIds && first ? stream.promptIds(0) : null;
    }

    private int @Nullable [] ids(TextDelta delta) {
      return tokenIds ? ReplyFormat.tokenIds(delta) : null;
    }

    private @Nullable ChatLogprobs logprobs(TextDelta delta) {
      return logprobs ? ChatLogprobs.of(delta.tokens()) : null;
    }
  }
}
