package dev.whit.tokenizer;

import java.util.Map;

/** A model's chat template. Safe for use by many threads. */
public interface ChatTemplate {
  /** What it was parsed from. */
  String source();

  /**
   * Renders a conversation.
   *
   * @param variables messages, tools, add_generation_prompt, bos_token, … as strings, numbers,
   *     booleans, lists and maps (in order); what is in them is data, never template text
   * @throws ChatTemplateException if the template raises, or cannot be evaluated
   */
  String render(Map<String, ?> variables);
}
