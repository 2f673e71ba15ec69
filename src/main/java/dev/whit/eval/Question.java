package dev.whit.eval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A multiple-choice question: which of the choices follows the context. A line of JSON, {@code
 * {"context": "…", "choices": ["…", "…"], "label": 0}}; other keys are ignored.
 *
 * @param label index of the right choice
 */
record Question(String context, List<String> choices, int label) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_LINE = 1 << 20;
  private static final int MAX_QUESTIONS = 1 << 20;

  /**
   * Reads a file of them.
   *
   * @throws EvalException that names the line and the key
   */
  static List<Question> read(Path file) throws IOException {
    List<Question> questions = new ArrayList<>();
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      int number = 0;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (!line.isBlank()) {
          questions.add(parse(file, number, line));
        }
        if (questions.size() > MAX_QUESTIONS) {
          throw new EvalException(file, "more than " + MAX_QUESTIONS + " questions");
        }
      }
    }
    if (questions.isEmpty()) {
      throw new EvalException(file, "no questions in it");
    }
    return questions;
  }

  private static Question parse(Path file, int number, String line) {
    String place = "line " + number + ": ";
    if (line.length() > MAX_LINE) {
      throw new EvalException(
          file, place + line.length() + " characters, at most " + MAX_LINE + " are read");
    }
    JsonNode node;
    try {
      node = JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new EvalException(file, place + e.getOriginalMessage());
    }
    JsonNode context = node.path("context");
    JsonNode choices = node.path("choices");
    JsonNode label = node.path("label");
    if (!context.isTextual()) {
      throw new EvalException(file, place + "\"context\" must be a string");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode choice : choices) {
      if (!choice.isTextual() || choice.asText().isEmpty()) {
        throw new EvalException(file, place + "\"choices\" must be strings that are not empty");
      }
      texts.add(choice.asText());
    }
    if (!choices.isArray() || texts.size() < 2) {
      throw new EvalException(file, place + "\"choices\" must be a list of two or more");
    }
    if (!label.isInt() || label.asInt() < 0 || label.asInt() >= texts.size()) {
      throw new EvalException(
          file, place + "\"label\" must be from 0 to %d, is %s".formatted(texts.size() - 1, label));
    }
    return new Question(context.asText(), List.copyOf(texts), label.asInt());
  }
}
