package dev.whit.tokenizer.jinja;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code namespace(…)} makes: the one value whose attributes a template can set. */
final class Namespace implements Value {
  private final Map<String, Value> attributes = new HashMap<>();

  @Nullable Value get(String name) {
    return attributes.get(name);
  }

  void set(String name, Value value) {
    attributes.put(name, value);
  }
}
