package dev.whit.selfcheck;

import static dev.whit.selfcheck.ContractViolation.unless;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** What the harness needs of a server that tokenises for it. */
final class TokenizerChecks {
  static final List<Check> ALL =
      List.of(
          new Check("tokenizer_info names the special tokens", TokenizerChecks::namesSpecialTokens),
          new Check(
              "tokenize adds special tokens when asked only",
              TokenizerChecks::addsSpecialTokensWhenAsked),
          new Check("detokenize gives the text back", TokenizerChecks::givesTheTextBack));

  private TokenizerChecks() {}

  private static void namesSpecialTokens(CheckedModel model)
      throws IOException, InterruptedException {
    JsonNode info = info(model);
    unless(info.path("eos_token").isTextual(), "eos_token is %s", kind(info, "eos_token"));
    for (String field : List.of("bos_token", "pad_token", "chat_template")) {
      JsonNode value = info.path(field);
      unless(value.isTextual() || value.isNull(), "%s is %s", field, kind(info, field));
    }
  }

  private static String kind(JsonNode info, String field) {
    return CheckedModel.kind(info.path(field));
  }

  /** The description of the model's tokenizer. */
  static JsonNode info(CheckedModel model) throws IOException, InterruptedException {
    String path = "tokenizer_info?model=" + model.encodedName();
    ServerClient.Reply reply = model.server().get(path);
    unless(reply.status() == 200, "GET /%s is answered with %d", path, reply.status());
    return reply.json();
  }

  private static void addsSpecialTokensWhenAsked(CheckedModel model)
      throws IOException, InterruptedException {
    int[] with = model.tokenize(CheckedModel.TEXT, true);
    int[] without = model.tokenize(CheckedModel.TEXT, false);
    unless(without.length > 0, "tokens is empty");
    unless(
        Collections.indexOfSubList(boxed(with), boxed(without)) >= 0,
        "with add_special_tokens the ids are %s, without it %s, which are not among them",
        Arrays.toString(with),
        Arrays.toString(without));
    JsonNode bos = info(model).path("bos_token");
    if (bos.isTextual()) {
      int[] id = model.tokenize(bos.asText(), false);
      unless(
          id.length == 0 || without[0] != id[id.length - 1],
          "without add_special_tokens the ids begin with %d, %s",
          without[0],
          bos);
    }
  }

  private static List<Integer> boxed(int[] ids) {
    return Arrays.stream(ids).boxed().toList();
  }

  private static void givesTheTextBack(CheckedModel model)
      throws IOException, InterruptedException {
    ObjectNode request = model.request();
    ArrayNode tokens = request.putArray("tokens");
    for (int id : model.tokenize(CheckedModel.PIECES, false)) {
      tokens.add(id);
    }
    JsonNode text = model.post("detokenize", request).path("prompt");
    // SentencePiece's tokenizers put a space before a text.
    unless(
        text.asText().strip().equals(CheckedModel.PIECES),
        "the ids of %s are detokenised to %s",
        CheckedModel.PIECES,
        CheckedModel.kind(text));
  }
}
