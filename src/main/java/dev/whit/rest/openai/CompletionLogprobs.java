package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.ReplyToken;
import dev.whit.api.TokenText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code logprobs} of a completion: four lists with an entry for each token. The first token of a
 * prompt has null for its log-probability and its alternatives.
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record CompletionLogprobs(
    List<String> tokens,
    List<@Nullable Float> tokenLogprobs,
    List<@Nullable Map<String, Float>> topLogprobs,
    List<Integer> textOffset) {

  static CompletionLogprobs of(List<ReplyToken> all) {
    CompletionLogprobs lists =
        new CompletionLogprobs(
            new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (ReplyToken token : all) {
      ReplyToken.Logprobs logprobs = token.logprobs();
      if (logprobs != null) {
        lists.add(logprobs, token.offset());
      }
    }
    return lists;
  }

  private void add(ReplyToken.Logprobs logprobs, int offset) {
    Float logprob = logprobs.logprob();
    tokens.add(logprobs.token().text());
    textOffset.add(offset);
    if (logprob == null) {
      tokenLogprobs.add(null);
      topLogprobs.add(null);
    } else {
      float written = ReplyFormat.finite(logprob);
      tokenLogprobs.add(written);
      topLogprobs.add(alternatives(logprobs, written));
    }
  }

  /**
   * The alternatives and the token itself, by text. Texts need not be unique: the token has its
   * own, another of the same text is called by its id.
   */
  private static Map<String, Float> alternatives(ReplyToken.Logprobs logprobs, float logprob) {
    TokenText token = logprobs.token();
    Map<String, Float> byText = new LinkedHashMap<>();
    boolean among = false;
    for (ReplyToken.Alternative alternative : logprobs.alternatives()) {
      TokenText other = alternative.token();
      boolean isToken = other.id() == token.id();
      among |= isToken;
      boolean taken =
          !isToken && (other.text().equals(token.text()) || byText.containsKey(other.text()));
      byText.put(
          taken ? "token_id:" + other.id() : other.text(),
          ReplyFormat.finite(alternative.logprob()));
    }
    if (!among) {
      byText.put(token.text(), logprob);
    }
    return byText;
  }
}
