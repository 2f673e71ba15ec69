package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Sequence.ListValue;
import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** Takes over a caller's objects: strings, numbers, booleans, lists, maps and null, by copy. */
final class InputValues {
  private InputValues() {}

  /**
   * The value an object stands for.
   *
   * @throws EvaluationException for other types, and for what is nested too deep or too large
   */
  static Value of(@Nullable Object object) {
    return of(object, 0);
  }

  private static Value of(@Nullable Object object, int depth) {
    if (depth > Budget.MAX_VALUE_DEPTH) {
      throw new EvaluationException(
          "the input is nested deeper than " + Budget.MAX_VALUE_DEPTH + " levels");
    }
    return switch (object) {
      case null -> None.NONE;
      case String text -> new Str(text);
      case Boolean bool -> Bool.of(bool);
      case Integer number -> Int.of(number);
      case Long number -> Int.of(number);
      case Short number -> Int.of(number);
      case Byte number -> Int.of(number);
      case BigInteger number -> new Int(number);
      case Double number -> new Real(number);
      case Float number -> new Real(number);
      case BigDecimal number -> new Real(number.doubleValue());
      case List<?> items -> {
        List<Value> values = new ArrayList<>(items.size());
        for (Object item : items) {
          values.add(of(item, depth + 1));
        }
        yield new ListValue(values);
      }
      case Map<?, ?> entries -> {
        SequencedMap<Value, Value> values = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : entries.entrySet()) {
          values.put(Dict.hashable(of(entry.getKey(), depth + 1)), of(entry.getValue(), depth + 1));
        }
        yield new Dict(values);
      }
      default ->
          throw new EvaluationException("the input holds a " + object.getClass().getSimpleName());
    };
  }
}
