package dev.whit.rest.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.ReplyToken;
import dev.whit.api.TokenText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code logprobs} of a chat: an entry for each token. */
record ChatLogprobs(List<Entry> content) {

  /** A token; its alternatives, which have none themselves, are entries too. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Entry(
      String token,
      float logprob,
      int[] bytes,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Entry> topLogprobs) {

    static Entry of(TokenText token, float logprob, @Nullable List<Entry> alternatives) {
      int[] bytes = new int[token.bytes().length];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = Byte.toUnsignedInt(token.bytes()[i]);
      }
      return new Entry(token.text(), ReplyFormat.finite(logprob), bytes, alternatives);
    }
  }

  static ChatLogprobs of(List<ReplyToken> tokens) {
    List<Entry> content = new ArrayList<>();
    for (ReplyToken token : tokens) {
      ReplyToken.Logprobs logprobs = token.logprobs();
      if (logprobs != null && logprobs.logprob() != null) {
        List<Entry> alternatives =
            logprobs.alternatives().stream()
                .map(other -> Entry.of(other.token(), other.logprob(), null))
                .toList();
        content.add(Entry.of(logprobs.token(), logprobs.logprob(), alternatives));
      }
    }
    return new ChatLogprobs(content);
  }
}
