package dev.whit.app;

import dev.whit.tokenizer.TokenizerFiles;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The ids that end a generation. */
final class StopTokens {
  /** What ends an assistant's turn in the families' chat templates. */
  private static final List<String> END_OF_TURN =
      List.of("<|im_end|>", "<|eot_id|>", "<end_of_turn>", "<|end|>");

  private StopTokens() {}

  /** The model's own ends of sequence, and the tokenizer's end of sequence and of a turn. */
  static Set<Integer> of(Set<Integer> model, TokenizerFiles text) {
    Set<Integer> ids = new TreeSet<>(model);
    Stream.concat(Stream.ofNullable(text.specialTokens().get("eos_token")), END_OF_TURN.stream())
        .map(text.tokenizer()::id)
        .filter(Objects::nonNull)
        .filter(text.tokenizer()::isSpecial)
        .forEach(ids::add);
    return ids;
  }
}
