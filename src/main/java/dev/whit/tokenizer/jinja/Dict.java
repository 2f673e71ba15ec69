package dev.whit.tokenizer.jinja;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/** A Python dict in order of insertion, which templates cannot change. */
final class Dict implements Value {
  private final SequencedMap<Value, Value> entries;
  private final Extent extent;

  /** Takes over the map. */
  Dict(SequencedMap<Value, Value> entries) {
    this.entries = Collections.unmodifiableSequencedMap(entries);
    this.extent = Extent.of(List.of(entries.sequencedKeySet(), entries.sequencedValues()));
  }

  Map<Value, Value> entries() {
    return entries;
  }

  /** The value of a key, or null; a key that Python cannot hash is refused. */
  @Nullable Value get(Value key) {
    return entries.get(hashable(key));
  }

  /** Returns the value, or says that Python cannot hash it. */
  static Value hashable(Value key) {
    return switch (key) {
      case Sequence.ListValue _, Dict _ ->
          throw new EvaluationException("unhashable type: '" + Types.name(key) + "'");
      case Sequence.Tuple tuple -> {
        tuple.items().forEach(Dict::hashable);
        yield tuple;
      }
      case Undefined _, None _, Num _, Str _, Range _, DictView _, Generator _, Function _ -> key;
      case Namespace _, Loop _ -> key;
    };
  }

  /** The entries as tuples of key and value. */
  List<Value> pairs() {
    return entries.entrySet().stream()
        .<Value>map(entry -> new Sequence.Tuple(List.of(entry.getKey(), entry.getValue())))
        .toList();
  }

  @Override
  public long weight() {
    return extent.weight();
  }

  @Override
  public int depth() {
    return extent.depth();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Dict dict && entries.equals(dict.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }
}
