package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.whit.api.ApiException;
import dev.whit.api.Prompt;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads texts in the forms that OpenAI takes: a string, token ids, or a list of either. */
final class PromptsReader {
  private PromptsReader() {}

  /**
   * {@code truncate_prompt_tokens}, as in vLLM: how many of a prompt's last tokens are kept at
   * most, −1 for as many as fit. Null if nothing is to be cut.
   */
  static @Nullable Integer keptTokens(JsonFields fields) {
    String name = "truncate_prompt_tokens";
    Integer kept = fields.integer(name, -1, Integer.MAX_VALUE);
    if (kept != null && kept == 0) {
      throw new ApiException.InvalidRequest(name, name + " must be -1 or at least 1, not 0");
    }
    return kept != null && kept < 0 ? Integer.valueOf(Integer.MAX_VALUE) : kept;
  }

  /**
   * The prompts of a field, at least one.
   *
   * @param most how many there may be
   */
  static List<Prompt> read(JsonFields fields, String field, int most) {
    JsonNode value = fields.value(field);
    if (value == null) {
      throw new ApiException.InvalidRequest(field, field + " is required");
    }
    if (value.isTextual()) {
      return List.of(new Prompt.Text(JsonFields.text(value, field)));
    }
    if (!value.isArray()) {
      throw JsonFields.invalidAt(
          field, "must be a string, an array of strings, or token ids", value);
    }
    if (value.isEmpty()) {
      throw new ApiException.InvalidRequest(field, field + " is empty");
    }
    if (value.get(0).isNumber()) {
      return List.of(new Prompt.Tokens(JsonFields.integers(value, field)));
    }
    OptionsReader.checkSize(value, field, most);
    List<Prompt> prompts = new ArrayList<>();
    boolean texts = value.get(0).isTextual();
    for (JsonNode element : value) {
      String path = field + "[" + prompts.size() + "]";
      prompts.add(
          texts
              ? new Prompt.Text(JsonFields.text(element, path))
              : new Prompt.Tokens(JsonFields.integers(element, path)));
    }
    return prompts;
  }
}
