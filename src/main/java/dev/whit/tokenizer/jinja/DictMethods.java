package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Arguments.Bound;
import dev.whit.tokenizer.jinja.Value.DictView;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.None;
import org.jspecify.annotations.Nullable;

/** The methods of Python's {@code dict} that change nothing; Jinja's sandbox forbids the others. */
final class DictMethods {
  private DictMethods() {}

  /** The method of that name bound to a dictionary, or null when there is none. */
  static @Nullable Value bind(Dict self, String name) {
    return switch (name) {
      case "get" -> new Function(name, arguments -> get(self, arguments));
      case "keys" -> view(name, DictView.Kind.KEYS, self);
      case "values" -> view(name, DictView.Kind.VALUES, self);
      case "items" -> view(name, DictView.Kind.ITEMS, self);
      case "copy" -> new Function(name, _ -> self);
      case "pop", "popitem", "setdefault", "update", "clear" ->
          new Value.Undefined(
              "access to attribute '"
                  + name
                  + "' of 'dict' object is unsafe: it changes the value");
      default -> null;
    };
  }

  private static Function view(String name, DictView.Kind kind, Dict self) {
    return new Function(
        name,
        arguments -> {
          arguments.bind(name);
          return new DictView(kind, self);
        });
  }

  private static Value get(Dict self, Arguments arguments) {
    Bound bound = arguments.bind("get", "key", "default");
    Value value = self.get(bound.required("key"));
    return value != null ? value : bound.or("default", None.NONE);
  }
}
