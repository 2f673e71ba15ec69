package dev.whit.bench.synth;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The smallest byte-level tokenizer: a token for each byte, and for begin and end of a text. */
final class ByteTokenizer {
  static final int BEGIN_ID = 256;
  static final int END_ID = 257;

  /** Number of ids. */
  static final int SIZE = 258;

  private static final String BEGIN = "<|begin_of_text|>";
  private static final String END = "<|end_of_text|>";
  private static final String CHAT_TEMPLATE =
      "{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
          + "{% if add_generation_prompt %}assistant: {% endif %}";
  private static final ObjectMapper JSON = new ObjectMapper();

  private ByteTokenizer() {}

  /** Writes {@code tokenizer.json} and {@code tokenizer_config.json}. */
  static void write(Path directory) throws IOException {
    write(directory.resolve("tokenizer.json"), tokenizer());
    write(
        directory.resolve("tokenizer_config.json"),
        JSON.createObjectNode()
            .put("tokenizer_class", "PreTrainedTokenizerFast")
            .put("add_bos_token", true)
            .put("bos_token", BEGIN)
            .put("eos_token", END)
            .put("clean_up_tokenization_spaces", false)
            .put("chat_template", CHAT_TEMPLATE));
  }

  private static void write(Path file, ObjectNode content) throws IOException {
    Files.writeString(file, content.toPrettyString());
  }

  private static ObjectNode tokenizer() {
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    added.add(special(BEGIN_ID, BEGIN)).add(special(END_ID, END));
    root.putNull("normalizer");
    root.set("pre_tokenizer", byteLevel());
    ObjectNode post = root.putObject("post_processor").put("type", "TemplateProcessing");
    post.putArray("single").add(begin()).add(sequence("A"));
    post.putArray("pair").add(begin()).add(sequence("A")).add(begin()).add(sequence("B"));
    ObjectNode known = post.putObject("special_tokens").putObject(BEGIN).put("id", BEGIN);
    known.putArray("ids").add(BEGIN_ID);
    known.putArray("tokens").add(BEGIN);
    root.set("decoder", byteLevel());
    ObjectNode model = root.putObject("model").put("type", "BPE");
    ObjectNode vocabulary = model.putObject("vocab");
    for (int b = 0; b < 256; b++) {
      vocabulary.put(character(b), b);
    }
    model.putArray("merges");
    return root;
  }

  private static ObjectNode special(int id, String text) {
    return JSON.createObjectNode()
        .put("id", id)
        .put("content", text)
        .put("single_word", false)
        .put("lstrip", false)
        .put("rstrip", false)
        .put("normalized", false)
        .put("special", true);
  }

  private static ObjectNode byteLevel() {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", false)
        .put("trim_offsets", true)
        .put("use_regex", true);
  }

  private static ObjectNode begin() {
    ObjectNode piece = JSON.createObjectNode();
    piece.putObject("SpecialToken").put("id", BEGIN).put("type_id", 0);
    return piece;
  }

  private static ObjectNode sequence(String id) {
    ObjectNode piece = JSON.createObjectNode();
    piece.putObject("Sequence").put("id", id).put("type_id", 0);
    return piece;
  }

  /**
   * The printable character that GPT-2's byte-level vocabulary writes a byte as: itself where it is
   * printable Latin-1, else the next one from U+0100 on.
   */
  private static String character(int wanted) {
    int next = 0x100;
    for (int b = 0; b < wanted; b++) {
      next += isPrintable(b) ? 0 : 1;
    }
    return Character.toString(isPrintable(wanted) ? wanted : next);
  }

  private static boolean isPrintable(int b) {
    return (b >= '!' && b <= '~') || (b >= 0xA1 && b <= 0xAC) || (b >= 0xAE && b <= 0xFF);
  }
}
