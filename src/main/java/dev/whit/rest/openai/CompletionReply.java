package dev.whit.rest.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.TextDelta;
import dev.whit.api.TextStream;
import dev.whit.api.Usage;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code text_completion}: a reply, or a chunk of one. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record CompletionReply(
    String id,
    String object,
    long created,
    String model,
    List<Choice> choices,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UsageReply usage) {

  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Choice(
      int index,
      String text,
      @Nullable CompletionLogprobs logprobs,
      @Nullable String finishReason,
      @JsonInclude(JsonInclude.Include.NON_NULL) int @Nullable [] tokenIds,
      @JsonInclude(JsonInclude.Include.NON_NULL) int @Nullable [] promptTokenIds) {}

  /** The form of completions. */
  static final class Format implements ReplyFormat {
    private final TextStream stream;
    private final boolean tokenIds;
    private final boolean logprobs;
    private final long created = Instant.now().getEpochSecond();

    /** Choices whose first chunk, with the prompt's token ids, is out. */
    private final BitSet begun = new BitSet();

    Format(TextStream stream, boolean tokenIds, boolean logprobs) {
      this.stream = stream;
      this.tokenIds = tokenIds;
      this.logprobs = logprobs;
    }

    @Override
    public Object whole(List<TextDelta> answers, Usage usage) {
      return reply(answers.stream().map(this::choice).toList(), UsageReply.of(usage));
    }

    @Override
    public List<Object> chunks(TextDelta delta) {
      return List.of(reply(List.of(choice(delta)), null));
    }

    @Override
    public Object usageChunk(Usage usage) {
      return reply(List.of(), UsageReply.of(usage));
    }

    private CompletionReply reply(List<Choice> choices, @Nullable UsageReply usage) {
      return new CompletionReply(
          "cmpl-" + stream.id(), "text_completion", created, stream.model(), choices, usage);
    }

    private Choice choice(TextDelta delta) {
      int index = delta.choice();
      boolean first = !begun.get(index);
      begun.set(index);
      return new Choice(
          index,
          delta.text(),
          logprobs ? CompletionLogprobs.of(delta.tokens()) : null,
          ReplyFormat.finishReason(delta.finish()),
          tokenIds ? ReplyFormat.tokenIds(delta) : null,
          tokenIds && first ? stream.promptIds(index) : null);
    }
  }
}
