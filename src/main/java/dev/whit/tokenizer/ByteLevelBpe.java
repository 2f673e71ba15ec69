package dev.whit.tokenizer;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A byte-level BPE tokenizer (GPT-2's) as its parts are found on disk.
 *
 * @param file what errors name
 * @param vocabulary id of each token, in GPT-2's printable alphabet for bytes
 * @param merges pairs of tokens, separated by a space, the first to be merged first
 * @param words how texts are cut into words
 * @param addPrefixSpace whether a text that does not begin with a space gets one
 * @param added tokens that are cut out first
 * @param first token put before every text, or null
 * @param last token put after every text, or null
 */
record ByteLevelBpe(
    Path file,
    Map<String, Integer> vocabulary,
    List<String> merges,
    PreTokenizer words,
    boolean addPrefixSpace,
    List<AddedToken> added,
    @Nullable String first,
    @Nullable String last) {

  /**
   * The equal {@code tokenizer.json}.
   *
   * @throws TokenizerException if the parts contradict one another
   */
  byte[] toJson() {
    TokenizerJson json = new TokenizerJson(file);
    vocabulary.forEach((token, id) -> json.token(id, token));
    for (int i = 0; i < merges.size(); i++) {
      // From the second character on: no token is empty.
      int space = merges.get(i).indexOf(' ', 1);
      if (space < 0) {
        throw new TokenizerException(
            file, "merge %d ('%s') is not two tokens".formatted(i, merges.get(i)));
      }
      json.merge(merges.get(i).substring(0, space), merges.get(i).substring(space + 1));
    }
    added.forEach(json::add);
    json.model().put("ignore_merges", words.ignoresMerges());
    json.normalizer(words.normalizer());
    json.preTokenizer(words.preTokenizer(addPrefixSpace));
    json.decoder(PreTokenizer.byteLevel(true, true));
    json.surround(first, last);
    return json.toBytes();
  }
}
