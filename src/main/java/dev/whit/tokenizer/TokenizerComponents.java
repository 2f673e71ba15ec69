package dev.whit.tokenizer;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * The components of a {@code tokenizer.json}, each with the fields that it may have. The tokenizers
 * library panics at some that are malformed, and a panic in native code ends the process: what it
 * is given is checked here first. Types and fields are those of tokenizers 0.21.
 */
final class TokenizerComponents {
  /** The library's JSON parser stops at 128. */
  private static final int MAX_DEPTH = 64;

  private static final int MAX_NUMBER = 1 << 24;

  private static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
              .build());

  /** What a component has beside its type: the name of a field, and which values it may have. */
  private static final Map<String, Predicate<JsonNode>> BYTE_LEVEL =
      Map.of(
          "add_prefix_space", JsonNode::isBoolean,
          "trim_offsets", JsonNode::isBoolean,
          "use_regex", JsonNode::isBoolean);

  private static final Map<String, Predicate<JsonNode>> METASPACE =
      Map.of(
          "replacement", TokenizerComponents::isCharacter,
          "str_rep", TokenizerComponents::isText,
          "add_prefix_space", JsonNode::isBoolean,
          "prepend_scheme", TokenizerComponents::isText,
          "split", JsonNode::isBoolean);

  private static final Map<String, Predicate<JsonNode>> REPLACE =
      Map.of("pattern", TokenizerComponents::isPattern, "content", TokenizerComponents::isText);

  private static final Map<String, Predicate<JsonNode>> NONE = Map.of();

  /** For each section, its types; {@code Sequence} has more of the same section. */
  private static final Map<String, Map<String, Map<String, Predicate<JsonNode>>>> SECTIONS =
      Map.of(
          "normalizer",
          with(
              "normalizers",
              Map.ofEntries(
                  Map.entry("NFC", NONE),
                  Map.entry("NFD", NONE),
                  Map.entry("NFKC", NONE),
                  Map.entry("NFKD", NONE),
                  Map.entry("Nmt", NONE),
                  Map.entry("Lowercase", NONE),
                  Map.entry("StripAccents", NONE),
                  Map.entry("ByteLevel", NONE),
                  Map.entry("Replace", REPLACE),
                  Map.entry("Prepend", Map.of("prepend", TokenizerComponents::isText)),
                  Map.entry(
                      "Strip",
                      Map.of(
                          "strip_left", JsonNode::isBoolean, "strip_right", JsonNode::isBoolean)),
                  Map.entry(
                      "BertNormalizer",
                      Map.of(
                          "clean_text", JsonNode::isBoolean,
                          "handle_chinese_chars", JsonNode::isBoolean,
                          "strip_accents", value -> value.isBoolean() || value.isNull(),
                          "lowercase", JsonNode::isBoolean)))),
          "pre_tokenizer",
          with(
              "pretokenizers",
              Map.ofEntries(
                  Map.entry("ByteLevel", BYTE_LEVEL),
                  Map.entry("Metaspace", METASPACE),
                  Map.entry("BertPreTokenizer", NONE),
                  Map.entry("Whitespace", NONE),
                  Map.entry("WhitespaceSplit", NONE),
                  Map.entry("UnicodeScripts", NONE),
                  Map.entry("Digits", Map.of("individual_digits", JsonNode::isBoolean)),
                  Map.entry("Punctuation", Map.of("behavior", TokenizerComponents::isText)),
                  Map.entry(
                      "CharDelimiterSplit", Map.of("delimiter", TokenizerComponents::isCharacter)),
                  Map.entry(
                      "Split",
                      Map.of(
                          "pattern", TokenizerComponents::isPattern,
                          "behavior", TokenizerComponents::isText,
                          "invert", JsonNode::isBoolean)))),
          "post_processor",
          with(
              "processors",
              Map.of(
                  "ByteLevel",
                  BYTE_LEVEL,
                  "TemplateProcessing",
                  Map.of(
                      "single", TokenizerComponents::isPlain,
                      "pair", TokenizerComponents::isPlain,
                      "special_tokens", TokenizerComponents::isPlain),
                  "BertProcessing",
                  Map.of(
                      "sep", TokenizerComponents::isToken,
                      "cls", TokenizerComponents::isToken),
                  "RobertaProcessing",
                  Map.of(
                      "sep", TokenizerComponents::isToken,
                      "cls", TokenizerComponents::isToken,
                      "trim_offsets", JsonNode::isBoolean,
                      "add_prefix_space", JsonNode::isBoolean))),
          "decoder",
          with(
              "decoders",
              Map.ofEntries(
                  Map.entry("ByteLevel", BYTE_LEVEL),
                  Map.entry("Metaspace", METASPACE),
                  Map.entry("Replace", REPLACE),
                  Map.entry("Fuse", NONE),
                  Map.entry("ByteFallback", NONE),
                  Map.entry(
                      "Strip",
                      Map.of(
                          "content", TokenizerComponents::isCharacter,
                          "start", TokenizerComponents::isNumber,
                          "stop", TokenizerComponents::isNumber)),
                  Map.entry("BPEDecoder", Map.of("suffix", TokenizerComponents::isText)),
                  Map.entry(
                      "WordPiece",
                      Map.of(
                          "prefix", TokenizerComponents::isText, "cleanup", JsonNode::isBoolean)),
                  Map.entry(
                      "CTC",
                      Map.of(
                          "pad_token", TokenizerComponents::isText,
                          "word_delimiter_token", TokenizerComponents::isText,
                          "cleanup", JsonNode::isBoolean)))));

  /**
   * Fields of the model that must be null or as given: the library cuts a prefix off merged pieces
   * without looking whether they have it, and with dropout a text has other ids each time.
   */
  private static final Map<String, Predicate<JsonNode>> MODEL =
      Map.of(
          "continuing_subword_prefix", value -> value.asText().isEmpty() && value.isTextual(),
          "dropout", value -> value.isNumber() && value.doubleValue() == 0);

  private final Path file;
  private final int size;
  private final String section;
  private final Map<String, Map<String, Predicate<JsonNode>>> types;

  private TokenizerComponents(
      Path file, int size, String section, Map<String, Map<String, Predicate<JsonNode>>> types) {
    this.file = file;
    this.size = size;
    this.section = section;
    this.types = types;
  }

  private static Map<String, Map<String, Predicate<JsonNode>>> with(
      String members, Map<String, Map<String, Predicate<JsonNode>>> types) {
    Map<String, Map<String, Predicate<JsonNode>>> all = new HashMap<>(types);
    all.put("Sequence", Map.of(members, JsonNode::isArray));
    return Map.copyOf(all);
  }

  /**
   * Checks the content of a {@code tokenizer.json}.
   *
   * @param size number of ids of its vocabulary
   * @throws TokenizerException naming the component and the field that is not as it must be
   */
  static void check(Path file, byte[] json, int size) {
    try (JsonParser in = JSON.createParser(json)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new TokenizerException(file, "is not a JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String section = in.currentName();
        in.nextToken();
        var types = SECTIONS.get(section);
        if (section.equals("model") && in.currentToken() == JsonToken.START_OBJECT) {
          checkModel(file, in);
        } else if (types == null) {
          in.skipChildren();
        } else {
          JsonNode component = JSON.readTree(in);
          if (!component.isNull()) {
            new TokenizerComponents(file, size, section, types).check(component);
          }
        }
      }
      if (in.nextToken() != null) {
        throw new TokenizerException(file, "has more after its JSON object");
      }
    } catch (IOException e) {
      throw new TokenizerException(file, "not a readable tokenizer.json", e);
    }
  }

  private static void checkModel(Path file, JsonParser in) throws IOException {
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String field = in.currentName();
      in.nextToken();
      Predicate<JsonNode> rule = MODEL.get(field);
      if (rule == null) {
        in.skipChildren();
      } else {
        JsonNode value = JSON.readTree(in);
        if (!value.isNull() && !rule.test(value)) {
          throw new TokenizerException(
              file, "model.%s is %s: not supported".formatted(field, shortened(value.toString())));
        }
      }
    }
  }

  private void check(JsonNode component) {
    String type = component.path("type").asText();
    Map<String, Predicate<JsonNode>> fields = types.get(type);
    if (fields == null) {
      throw new TokenizerException(
          file,
          component.isObject() && isText(component.path("type"))
              ? "%s of type %s is not supported".formatted(section, shortened(type))
              : section + " has no type");
    }
    component
        .properties()
        .forEach(field -> {
          Predicate<JsonNode> rule = fields.get(field.getKey());
          if (rule == null ? !field.getKey().equals("type") : !rule.test(field.getValue())) {
            throw new TokenizerException(
                file,
                "%s %s: field %s is not as it must be"
                    .formatted(section, type, shortened(field.getKey())));
          }
          if (type.equals("Sequence")) {
            field.getValue().forEach(this::check);
          }
          if (field.getKey().equals("pattern")) {
            checkPattern(type, field.getValue().path("Regex").asText());
          }
        });
    if (type.equals("TemplateProcessing")) {
      String complaint = TemplateProcessing.complaint(component, size);
      if (!complaint.isEmpty()) {
        throw new TokenizerException(file, section + " " + type + ": " + complaint);
      }
    }
  }

  private void checkPattern(String type, String pattern) {
    String complaint = SplitPattern.complaint(pattern);
    if (!complaint.isEmpty()) {
      throw new TokenizerException(
          file, "%s %s: pattern %s %s".formatted(section, type, shortened(pattern), complaint));
    }
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  private static boolean isText(JsonNode value) {
    return value.isTextual() && StandardCharsets.UTF_8.newEncoder().canEncode(value.textValue());
  }

  private static boolean isCharacter(JsonNode value) {
    return isText(value) && value.textValue().codePoints().count() == 1;
  }

  private static boolean isNumber(JsonNode value) {
    return value.isInt() && value.intValue() >= 0 && value.intValue() <= MAX_NUMBER;
  }

  private static boolean isPattern(JsonNode value) {
    return value.isObject()
        && value.size() == 1
        && (isText(value.path("String")) || isText(value.path("Regex")));
  }

  /** A token and its id. */
  private static boolean isToken(JsonNode value) {
    return value.size() == 2 && isText(value.path(0)) && isNumber(value.path(1));
  }

  /** Texts, ids and containers of such: the library tells what is wrong with the rest itself. */
  private static boolean isPlain(JsonNode value) {
    if (!value.isContainerNode()) {
      return isText(value) || isNumber(value);
    }
    for (JsonNode child : value) {
      if (!isPlain(child)) {
        return false;
      }
    }
    return true;
  }
}
