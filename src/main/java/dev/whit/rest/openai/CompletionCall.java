package dev.whit.rest.openai;

import dev.whit.api.ApiException;
import dev.whit.api.CompletionRequest;
import dev.whit.api.GenerationOptions;
import dev.whit.api.Prompt;
import dev.whit.api.TextStream;
import java.util.List;

/**
 * The body of {@code POST /v1/completions}.
 *
 * @param request what to generate
 * @param delivery how to send it
 */
public record CompletionCall(CompletionRequest request, Delivery delivery) {
  private static final int MAX_PROMPTS = 256;
  private static final int MAX_ANSWERS = 1024;

  /**
   * Reads a body.
   *
   * @throws ApiException.InvalidRequest if it is not as it must be
   */
  public static CompletionCall parse(byte[] body) {
    return parse(JsonFields.parse(body));
  }

  static CompletionCall parse(JsonFields fields) {
    UnsupportedFields.refuseInCompletion(fields);
    boolean echo = fields.flag("echo", false);
    Integer logprobs = fields.integer("logprobs", 0, OptionsReader.MAX_LOGPROBS);
    // Without anything to generate there is still a prompt to score.
    GenerationOptions options =
        OptionsReader.read(
            fields,
            OptionsReader.maxTokens(fields, echo ? 0 : 1),
            logprobs == null ? -1 : logprobs);
    List<Prompt> prompts = PromptsReader.read(fields, "prompt", MAX_PROMPTS);
    if (prompts.size() * options.choices() > MAX_ANSWERS) {
      throw new ApiException.InvalidRequest(
          "n",
          "n must leave at most %d answers for all prompts, not %d × %d"
              .formatted(MAX_ANSWERS, prompts.size(), options.choices()));
    }
    return new CompletionCall(
        new CompletionRequest(
            fields.text("model"), prompts, options, echo, PromptsReader.keptTokens(fields)),
        Delivery.read(fields));
  }

  /** The form of its reply. */
  public ReplyFormat format(TextStream stream) {
    return new CompletionReply.Format(
        stream, request.options().tokenIds(), request.options().logprobs() >= 0);
  }
}
