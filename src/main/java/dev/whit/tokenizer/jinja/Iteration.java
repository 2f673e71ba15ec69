package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.DictView;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Generator;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Range;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Python's {@code iter()}, {@code list()} and {@code len()}. */
final class Iteration {
  private Iteration() {}

  static boolean isIterable(Value value) {
    return switch (value) {
      case Undefined _, Str _, Sequence _, Dict _, DictView _, Range _, Generator _, Loop _ -> true;
      case None _, Bool _, Int _, Real _, Namespace _, Function _ -> false;
    };
  }

  /** The elements one after the other: characters of a string, keys of a dictionary. */
  static Iterator<Value> iterator(Value value, Budget budget) {
    return switch (value) {
      case Undefined _ -> Collections.emptyIterator();
      case Str(String text) -> {
        budget.spend(text.length());
        yield text.codePoints().<Value>mapToObj(c -> new Str(Character.toString(c))).iterator();
      }
      case Sequence sequence -> sequence.items().iterator();
      case Dict dict -> dict.entries().keySet().iterator();
      case DictView view -> elements(view).iterator();
      case Range range -> LongStream.range(0, range.size()).<Value>mapToObj(range::at).iterator();
      case Generator(Iterator<Value> items) -> items;
      case Loop loop -> loop;
      case None _, Bool _, Int _, Real _, Namespace _, Function _ ->
          throw new EvaluationException("'" + Types.name(value) + "' object is not iterable");
    };
  }

  /** {@code list(value)}: a fresh list. */
  static List<Value> list(Value value, Budget budget) {
    List<Value> list = new ArrayList<>();
    Iterator<Value> items = iterator(value, budget);
    while (items.hasNext()) {
      budget.elements(1);
      list.add(items.next());
    }
    return list;
  }

  static Collection<Value> elements(DictView view) {
    return switch (view.kind()) {
      case KEYS -> view.dict().entries().keySet();
      case VALUES -> view.dict().entries().values();
      case ITEMS -> view.dict().pairs();
    };
  }

  /** {@code len(value)}. */
  static long length(Value value, Budget budget) {
    Long size = size(value, budget);
    if (size == null) {
      throw new EvaluationException("object of type '" + Types.name(value) + "' has no len()");
    }
    return size;
  }

  /** The number of elements, or null for what has no length. */
  static @Nullable Long size(Value value, Budget budget) {
    return switch (value) {
      case Undefined _ -> 0L;
      case Str(String text) -> {
        budget.spend(text.length());
        yield (long) text.codePointCount(0, text.length());
      }
      case Sequence sequence -> (long) sequence.items().size();
      case Dict dict -> (long) dict.entries().size();
      case DictView view -> (long) view.dict().entries().size();
      case Range range -> range.size();
      case Loop loop -> loop.length();
      case None _, Bool _, Int _, Real _, Namespace _, Function _, Generator _ -> null;
    };
  }
}
