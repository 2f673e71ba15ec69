package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Int;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/** The methods of lists and tuples that change nothing; Jinja's sandbox forbids the others. */
final class SequenceMethods {
  private SequenceMethods() {}

  /** The method of that name bound to a sequence, or null when there is none. */
  static @Nullable Value bind(Sequence self, String name, Budget budget) {
    return switch (name) {
      case "count" -> new Function(name, arguments -> count(self, arguments, budget));
      case "index" -> new Function(name, arguments -> index(self, arguments, budget));
      case "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort" ->
          new Value.Undefined(
              "access to attribute '%s' of '%s' object is unsafe: it changes the value"
                  .formatted(name, Types.name(self)));
      default -> null;
    };
  }

  private static Value count(Sequence self, Arguments arguments, Budget budget) {
    budget.elements(self.weight());
    return Int.of(
        Collections.frequency(self.items(), arguments.bind("count", "value").required("value")));
  }

  private static Value index(Sequence self, Arguments arguments, Budget budget) {
    budget.elements(self.weight());
    int index = self.items().indexOf(arguments.bind("index", "value").required("value"));
    if (index < 0) {
      throw new EvaluationException("value is not in " + Types.name(self));
    }
    return Int.of(index);
  }
}
