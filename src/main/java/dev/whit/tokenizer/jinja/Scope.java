package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Variables, those of the scope around them visible below: what {@code set} makes stays here. */
final class Scope {
  private final @Nullable Scope parent;
  private final Map<String, Value> variables = new HashMap<>();

  private Scope(@Nullable Scope parent) {
    this.parent = parent;
  }

  static Scope root() {
    return new Scope(null);
  }

  Scope child() {
    return new Scope(this);
  }

  void set(String name, Value value) {
    variables.put(name, value);
  }

  void define(String name, Function.Body body) {
    variables.put(name, new Function(name, body));
  }

  /** The innermost variable of that name, else undefined. */
  Value get(String name) {
    for (Scope scope = this; scope != null; scope = scope.parent) {
      Value value = scope.variables.get(name);
      if (value != null) {
        return value;
      }
    }
    return Undefined.variable(name);
  }
}
