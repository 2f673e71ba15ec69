package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.api.ApiException;
import dev.whit.api.CompletionRequest;
import dev.whit.api.GenerationOptions;
import dev.whit.api.Prompt;
import dev.whit.api.TextStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
    JsonFields fields = JsonFields.parse(body);
    UnsupportedFields.refuseInCompletion(fields);
    boolean echo = fields.flag("echo", false);
    Integer logprobs = fields.integer("logprobs", 0, OptionsReader.MAX_LOGPROBS);
    // Without anything to generate there is still a prompt to score.
    GenerationOptions options =
        OptionsReader.read(fields, echo ? 0 : 1, logprobs == null ? -1 : logprobs);
    List<Prompt> prompts = prompts(fields.value("prompt"));
    if (prompts.size() * options.choices() > MAX_ANSWERS) {
      throw new ApiException.InvalidRequest(
          "n",
          "n must leave at most %d answers for all prompts, not %d × %d"
              .formatted(MAX_ANSWERS, prompts.size(), options.choices()));
    }
    return new CompletionCall(
        new CompletionRequest(fields.text("model"), prompts, options, echo), Delivery.read(fields));
  }

  /** The form of its reply. */
  public ReplyFormat format(TextStream stream) {
    return new CompletionReply.Format(
        stream, request.options().tokenIds(), request.options().logprobs() >= 0);
  }

  private static List<Prompt> prompts(@Nullable JsonNode value) {
    if (value == null) {
      throw new ApiException.InvalidRequest("prompt", "prompt is required");
    }
    if (value.isTextual()) {
      return List.of(new Prompt.Text(JsonFields.text(value, "prompt")));
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt(
          "prompt", "must be a string, an array of strings, or token ids", value);
    }
    if (value.isEmpty()) {
      throw new ApiException.InvalidRequest("prompt", "prompt is empty");
    }
    if (value.get(0).isNumber()) {
      return List.of(new Prompt.Tokens(JsonFields.integers(value, "prompt")));
    }
    OptionsReader.checkSize(value, "prompt", MAX_PROMPTS);
    List<Prompt> prompts = new ArrayList<>();
    boolean texts = value.get(0).isTextual();
    for (JsonNode element : value) {
      String path = "prompt[" + prompts.size() + "]";
      prompts.add(
          texts
              ? new Prompt.Text(JsonFields.text(element, path))
              : new Prompt.Tokens(JsonFields.integers(element, path)));
    }
    return prompts;
  }
}
