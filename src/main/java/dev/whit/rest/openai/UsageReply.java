package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.Usage;

/** {@code usage} of a reply. */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
record UsageReply(
    int promptTokens,
    int completionTokens,
    int totalTokens,
    PromptTokensDetails promptTokensDetails) {
  /** {@code prompt_tokens_details}: how many of the prompt's tokens were in the prefix cache. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record PromptTokensDetails(int cachedTokens) {}

  static UsageReply of(Usage usage) {
    return new UsageReply(
        usage.promptTokens(),
        usage.completionTokens(),
        usage.promptTokens() + usage.completionTokens(),
        new PromptTokensDetails(usage.cachedTokens()));
  }
}
