package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.DictView;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Generator;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Num;
import dev.whit.tokenizer.jinja.Value.Range;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code value.name}, {@code value[key]} and slices. As in Jinja a name is first an attribute (a
 * method, for most values), then a key; a string in brackets is first a key, then an attribute.
 */
final class Subscript {
  private Subscript() {}

  /** {@code value.name}. */
  static Value attribute(Value value, String name, Budget budget) {
    Value found = attributeOnly(value, name, budget);
    if (found == null && value instanceof Dict dict) {
      found = dict.get(new Str(name));
    }
    return found != null ? found : missing(value, name);
  }

  /** {@code value[key]}. */
  static Value item(Value value, Value key, Budget budget) {
    Value found =
        switch (value) {
          case Undefined undefined -> throw undefined.failure();
          case Dict dict -> isHashable(key) ? dict.get(key) : null;
          case Str _, Sequence _, Range _ -> element(value, key, budget);
          case None _, Num _, DictView _, Generator _, Namespace _, Loop _, Function _ -> null;
        };
    if (found != null) {
      return found;
    }
    if (key instanceof Str(String name)) {
      Value attribute = attributeOnly(value, name, budget);
      return attribute != null ? attribute : missing(value, name);
    }
    return new Undefined("'" + Types.name(value) + "' object has no such element");
  }

  /** {@code value[start:stop:step]}, each bound None where left out. */
  static Value slice(Value value, Value start, Value stop, Value step, Budget budget) {
    long size =
        switch (value) {
          case Undefined undefined -> throw undefined.failure();
          case Str _, Sequence _, Range _ -> Iteration.length(value, budget);
          case None _, Num _, Dict _, DictView _, Generator _, Namespace _, Loop _, Function _ ->
              throw new EvaluationException("'" + Types.name(value) + "' object cannot be sliced");
        };
    Range indices = indices(size, start, stop, step);
    budget.elements(value instanceof Str ? 0 : indices.size());
    return switch (value) {
      case Str(String text) -> {
        budget.text(text.length());
        yield new Str(Text.slice(text, indices));
      }
      case Sequence sequence -> {
        List<Value> items = new ArrayList<>();
        for (long i = 0; i < indices.size(); i++) {
          items.add(sequence.items().get((int) (indices.start() + i * indices.step())));
        }
        yield sequence.with(items);
      }
      case Range range ->
          new Range(
              range.start() + indices.start() * range.step(),
              range.start() + indices.stop() * range.step(),
              range.step() * indices.step());
      default -> throw new IllegalStateException(Types.name(value));
    };
  }

  /** Python's rule: negative bounds count from the end, all are clamped to the size. */
  private static Range indices(long size, Value start, Value stop, Value step) {
    long by = step == None.NONE ? 1 : clamp(step, Integer.MAX_VALUE);
    if (by == 0) {
      throw new EvaluationException("slice step cannot be zero");
    }
    long first = by > 0 ? 0 : -1;
    long last = by > 0 ? size : size - 1;
    return new Range(
        bound(start, size, first, last, by > 0 ? first : last),
        bound(stop, size, first, last, by > 0 ? last : first),
        by);
  }

  private static long bound(Value bound, long size, long first, long last, long absent) {
    if (bound == None.NONE) {
      return absent;
    }
    long index = clamp(bound, Integer.MAX_VALUE);
    return Math.clamp(index < 0 ? index + size : index, first, last);
  }

  private static long clamp(Value value, long limit) {
    if (value instanceof Num number && !(number instanceof Real)) {
      BigInteger index = Arithmetic.integer(number);
      return index.bitLength() < 63
          ? Math.clamp(index.longValue(), -limit, limit)
          : index.signum() * limit;
    }
    throw new EvaluationException("slice indices must be integers or None");
  }

  private static @Nullable Value element(Value value, Value key, Budget budget) {
    if (!(key instanceof Num number) || number instanceof Real) {
      return null;
    }
    BigInteger exact = Arithmetic.integer(number);
    long size = Iteration.length(value, budget);
    if (exact.bitLength() > 31) {
      return null;
    }
    long index = exact.longValue() < 0 ? exact.longValue() + size : exact.longValue();
    if (index < 0 || index >= size) {
      return null;
    }
    return switch (value) {
      case Str(String text) -> new Str(Text.at(text, (int) index));
      case Sequence sequence -> sequence.items().get((int) index);
      case Range range -> range.at(index);
      default -> throw new IllegalStateException(Types.name(value));
    };
  }

  private static boolean isHashable(Value key) {
    return switch (key) {
      case Sequence.ListValue _, Dict _ -> false;
      case Sequence.Tuple tuple -> tuple.items().stream().allMatch(Subscript::isHashable);
      default -> true;
    };
  }

  private static @Nullable Value attributeOnly(Value value, String name, Budget budget) {
    return switch (value) {
      case Undefined undefined -> throw undefined.failure();
      case Str(String text) -> StringMethods.bind(text, name, budget);
      case Dict dict -> DictMethods.bind(dict, name);
      case Sequence sequence -> SequenceMethods.bind(sequence, name, budget);
      case Namespace namespace -> namespace.get(name);
      case Loop loop -> loop.attribute(name, budget);
      case None _, Bool _, Int _, Real _, Range _, DictView _, Generator _, Function _ -> null;
    };
  }

  private static Undefined missing(Value value, String name) {
    return new Undefined("'" + Types.name(value) + " object' has no attribute '" + name + "'");
  }
}
