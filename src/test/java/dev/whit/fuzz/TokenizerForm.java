package dev.whit.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.whit.tokenizer.SentencePieceWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The files in which a model directory may keep its tokenizer. */
public enum TokenizerForm {
  /** {@code tokenizer.json}. */
  HUGGING_FACE,
  /** {@code vocab.json} and {@code merges.txt}. */
  BYTE_PAIRS,
  /** {@code tokenizer.model}. */
  SENTENCE_PIECE;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int UNKNOWN = 2;
  private static final int CONTROL = 3;
  private static final int BYTE = 6;

  /** Replaces {@code tokenizer.json} among the files of a model. */
  void convert(Map<String, byte[]> files) throws IOException {
    if (this == HUGGING_FACE) {
      return;
    }
    JsonNode model = JSON.readTree(files.remove("tokenizer.json")).path("model");
    if (this == BYTE_PAIRS) {
      files.put("vocab.json", JSON.writeValueAsBytes(model.path("vocab")));
      StringBuilder merges = new StringBuilder("#version: 0.2\n");
      for (JsonNode merge : model.path("merges")) {
        merges
            .append(
                merge.isArray()
                    ? merge.get(0).asText() + " " + merge.get(1).asText()
                    : merge.asText())
            .append('\n');
      }
      files.put("merges.txt", merges.toString().getBytes(StandardCharsets.UTF_8));
    } else {
      files.put("tokenizer.model", sentencePieces());
    }
  }

  private static byte[] sentencePieces() {
    SentencePieceWriter writer =
        SentencePieceWriter.bpe()
            .message(1, piece -> piece.text(1, "<unk>").float32(2, 0).integer(3, UNKNOWN))
            .message(1, piece -> piece.text(1, "<s>").float32(2, 0).integer(3, CONTROL))
            .message(1, piece -> piece.text(1, "</s>").float32(2, 0).integer(3, CONTROL));
    for (int b = 0; b < 256; b++) {
      String name = "<0x%02X>".formatted(b);
      writer.message(1, piece -> piece.text(1, name).float32(2, 0).integer(3, BYTE));
    }
    String[] pieces = {"\u2581t", "he", "\u2581the", "\u2581", "e", "t", "h", "a", "o", "l", "H"};
    for (int i = 0; i < pieces.length; i++) {
      String text = pieces[i];
      float score = -i;
      writer.message(1, piece -> piece.text(1, text).float32(2, score));
    }
    return writer.toBytes();
  }
}
