package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** What schemas say about strings and numbers, as automata. */
final class ScalarAutomata {
  private static final int MAX_LENGTH = 16_384;
  private static final int MAX_DIVISOR = 4096;

  private final CompileBudget budget;

  ScalarAutomata(CompileBudget budget) {
    this.budget = budget;
  }

  /** The strings that satisfy a schema. */
  CharAutomaton strings(Conjunction schema) {
    int min = schema.largest("minLength", MAX_LENGTH);
    int max = schema.smallest("maxLength", MAX_LENGTH);
    if (max >= 0 && min > max) {
      return CharAutomaton.words(List.of(), budget);
    }
    CharAutomaton all = CharAutomaton.lengths(min, max, budget);
    for (Located part : schema.parts()) {
      if (part.has("pattern")) {
        Regex pattern = PatternParser.parse(part.schema().get("pattern").asText(), part.path());
        all = all.intersect(RegexAutomaton.of(pattern, budget), budget);
      }
      if (part.has("format")) {
        String format = part.schema().get("format").asText();
        all = all.intersect(Formats.automaton(format, part.path(), budget), budget);
      }
    }
    return all;
  }

  /**
   * The spellings of numbers that satisfy a schema.
   *
   * @param integers whether without a fraction
   */
  CharAutomaton numbers(Conjunction schema, boolean integers) {
    boolean divisible = schema.hasAny("multipleOf");
    NumberAutomata automata = new NumberAutomata(schema.path(), budget);
    CharAutomaton all = automata.between(integers || divisible, schema.lower(), schema.upper());
    for (Located part : schema.parts()) {
      if (part.has("multipleOf")) {
        JsonNode divisor = part.schema().get("multipleOf");
        if (JsonType.of(divisor) != JsonType.INTEGER
            || divisor.decimalValue().intValue() > MAX_DIVISOR
            || !divisor.canConvertToInt()) {
          throw new SchemaException(
              part.path(),
              "the keyword multipleOf is supported for integers from 1 to %d, not %s"
                  .formatted(MAX_DIVISOR, divisor.asText()));
        }
        all = all.intersect(CharAutomaton.multiplesOf(divisor.intValue(), budget), budget);
      }
    }
    return all;
  }
}
