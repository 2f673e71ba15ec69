package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code attribute} argument of filters: {@code 'function.name'} or {@code 0} leads from an
 * element to what counts.
 *
 * @param otherwise what a missing step gives, null for undefined
 */
record AttributePath(List<Value> steps, @Nullable Value otherwise) {
  /** The path of an argument; without one, the element itself. */
  static AttributePath of(@Nullable Value attribute, Budget budget) {
    return of(attribute, null, budget);
  }

  static AttributePath of(@Nullable Value attribute, @Nullable Value otherwise, Budget budget) {
    if (attribute == null) {
      return new AttributePath(List.of(), otherwise);
    }
    if (!(attribute instanceof Str(String path))) {
      return new AttributePath(List.of(attribute), otherwise);
    }
    List<Value> steps = new ArrayList<>();
    for (String step : Text.split(path, ".", -1, budget)) {
      boolean index = step.matches("[0-9]{1,9}");
      steps.add(index ? new Int(new BigInteger(step)) : new Str(step));
    }
    return new AttributePath(steps, otherwise);
  }

  Value get(Value element, Budget budget) {
    Value value = element;
    for (Value step : steps) {
      value = Subscript.item(value, step, budget);
      if (otherwise != null && value instanceof Undefined) {
        value = otherwise;
      }
    }
    return value;
  }
}
