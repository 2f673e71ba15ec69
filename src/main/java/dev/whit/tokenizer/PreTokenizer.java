package dev.whit.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * How a byte-level tokenizer cuts a text into words before merging, by the name that GGUF gives it
 * ({@code tokenizer.ggml.pre}), together with what goes with it in that family's {@code
 * tokenizer.json}.
 */
@SuppressWarnings("ImmutableEnumChecker") // lists of List.of do not change
enum PreTokenizer {
  GPT_2(List.of("gpt-2", "phi-2", "mpt", "olmo"), List.of(), true, Trait.NONE),
  LLAMA_3(
      List.of("llama-bpe", "llama3", "llama-v3", "falcon3"),
      List.of(
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}"
              + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
      false,
      Trait.WHOLE_WORDS_AND_BOS),
  QWEN_2(
      List.of("qwen2"),
      List.of(
          "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}"
              + "| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
      false,
      Trait.COMPOSED),
  SMOLLM(List.of("smollm"), List.of("\\p{N}"), true, Trait.NONE),
  TEKKEN(
      List.of("tekken"),
      List.of(
          "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+"
              + "|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*"
              + "|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"),
      false,
      Trait.WHOLE_WORDS_AND_BOS),
  /** llama.cpp's cuts for a vocabulary whose own are not known. */
  DEFAULT(
      List.of("default"),
      List.of(
          "[\\p{P}\\$\\+<=>\\^~\\|]+",
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)",
          "\\p{N}+",
          "[0-9][0-9][0-9]"),
      false,
      Trait.NONE);

  /** What else distinguishes the tokenizers of a kind. */
  private enum Trait {
    NONE,
    /** Texts are composed first (Unicode NFC). llama.cpp leaves that out. */
    COMPOSED,
    /** A word that is a token is not merged up to, and a text begins with BOS unless told. */
    WHOLE_WORDS_AND_BOS
  }

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final List<String> names;
  private final List<String> splits;
  private final boolean gpt2Words;
  private final Trait trait;

  PreTokenizer(List<String> names, List<String> splits, boolean gpt2Words, Trait trait) {
    this.names = names;
    this.splits = splits;
    this.gpt2Words = gpt2Words;
    this.trait = trait;
  }

  /** The one that a GGUF names. */
  static Optional<PreTokenizer> named(String name) {
    return Arrays.stream(values()).filter(kind -> kind.names.contains(name)).findFirst();
  }

  /** All names, for messages. */
  static List<String> allNames() {
    return Arrays.stream(values()).flatMap(kind -> kind.names.stream()).toList();
  }

  /** Whether a word that is in the vocabulary becomes that token, whatever the merges. */
  boolean ignoresMerges() {
    return trait == Trait.WHOLE_WORDS_AND_BOS;
  }

  /** Whether BOS is put before a text when the file does not say. */
  boolean addsBosByDefault() {
    return trait == Trait.WHOLE_WORDS_AND_BOS;
  }

  /** {@code normalizer} of the tokenizer.json. */
  JsonNode normalizer() {
    return trait == Trait.COMPOSED ? NODES.objectNode().put("type", "NFC") : NODES.nullNode();
  }

  /**
   * {@code pre_tokenizer} of the tokenizer.json: each pattern cuts what the one before has left,
   * then bytes become GPT-2's printable characters.
   *
   * @param addPrefixSpace whether a text that does not begin with a space gets one
   */
  JsonNode preTokenizer(boolean addPrefixSpace) {
    ObjectNode sequence = NODES.objectNode().put("type", "Sequence");
    ArrayNode steps = sequence.putArray("pretokenizers");
    for (String split : splits) {
      steps.add(
          NODES
              .objectNode()
              .put("type", "Split")
              .put("behavior", "Isolated")
              .put("invert", false)
              .set("pattern", NODES.objectNode().put("Regex", split)));
    }
    steps.add(byteLevel(addPrefixSpace, gpt2Words));
    return sequence;
  }

  /**
   * The {@code ByteLevel} step: as pre-tokenizer, and as decoder, where its flags do not matter.
   */
  static ObjectNode byteLevel(boolean addPrefixSpace, boolean gpt2Words) {
    return NODES
        .objectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", addPrefixSpace)
        .put("trim_offsets", true)
        .put("use_regex", gpt2Words);
  }
}
