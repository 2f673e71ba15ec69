package dev.whit.rest.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import dev.whit.api.TokenizationService;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Replies about tokens, in vLLM's shape. */
public final class TokenizationReply {
  private TokenizationReply() {}

  /** Of {@code POST /tokenize}. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tokens(
      int count,
      @JsonProperty("max_model_len") int maxContext,
      int[] tokens,
      @JsonProperty("token_strs") @Nullable List<@Nullable String> tokenTexts) {
    /** The tokens, with their texts if these are wanted. */
    public static Tokens of(TokenizationService.Tokenized text, boolean withTexts) {
      return new Tokens(
          text.tokens().length,
          text.maxContext(),
          text.tokens(),
          withTexts ? text.tokenTexts() : null);
    }
  }

  /** Of {@code POST /detokenize}. */
  public record Text(String prompt) {}

  /** Of {@code GET /tokenizer_info}; fields that the tokenizer has not are null. */
  public record TokenizerInfo(
      @JsonProperty("eos_token") @Nullable String eosToken,
      @JsonProperty("bos_token") @Nullable String bosToken,
      @JsonProperty("pad_token") @Nullable String padToken,
      @JsonProperty("chat_template") @Nullable String chatTemplate,
      @JsonProperty("vocab_size") int vocabularySize,
      @JsonProperty("model_max_length") int maxContext) {
    /** What a tokenizer is. */
    public static TokenizerInfo of(TokenizationService.Description description) {
      return new TokenizerInfo(
          description.specialTokens().get("eos_token"),
          description.specialTokens().get("bos_token"),
          description.specialTokens().get("pad_token"),
          description.chatTemplate(),
          description.size(),
          description.maxContext());
    }
  }
}
