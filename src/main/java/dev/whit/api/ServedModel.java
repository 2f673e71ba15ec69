package dev.whit.api;

import dev.whit.backend.Backend;
import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.Tokenizer;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A model that clients can name.
 *
 * @param name name in requests
 * @param backend what generates its tokens
 * @param tokenizer its tokenizer
 * @param chatTemplate its chat template, if it has one
 * @param specialTokens template variables {@code bos_token}, {@code eos_token}, {@code pad_token},
 *     … as texts
 * @param stopTokens ids that end a generation
 * @param created when it was loaded
 */
public record ServedModel(
    String name,
    Backend backend,
    Tokenizer tokenizer,
    @Nullable ChatTemplate chatTemplate,
    Map<String, String> specialTokens,
    Set<Integer> stopTokens,
    Instant created) {

  public ServedModel {
    specialTokens = Map.copyOf(specialTokens);
    stopTokens = Set.copyOf(stopTokens);
  }
}
