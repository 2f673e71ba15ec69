package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The {@code loop} variable. As in Jinja the elements are fetched one by one, one ahead when {@code
 * last} or {@code nextitem} is asked for, all when the length is: a loop's {@code if} may depend on
 * what its body did before.
 */
final class Loop implements Value, Iterator<Value> {
  private final Function recurse;
  private final int depth0;
  private Iterator<Value> rest;
  private @Nullable Value previous;
  private @Nullable Value current;
  private @Nullable Value ahead;
  private @Nullable List<Value> changed;
  private long index0 = -1;
  private long length = -1;

  /**
   * A loop before its first element.
   *
   * @param depth0 how many recursive loops it is inside
   * @param recurse what calling {@code loop(…)} does
   */
  Loop(Iterator<Value> elements, int depth0, Function recurse) {
    this.rest = elements;
    this.depth0 = depth0;
    this.recurse = recurse;
  }

  int depth0() {
    return depth0;
  }

  Function recurse() {
    return recurse;
  }

  @Override
  public boolean hasNext() {
    return peek() != null;
  }

  @Override
  public Value next() {
    Value next = peek();
    if (next == null) {
      throw new NoSuchElementException();
    }
    previous = current;
    current = next;
    ahead = null;
    index0++;
    return next;
  }

  /** How many elements there are in all. */
  long length() {
    if (length < 0) {
      List<Value> remaining = new ArrayList<>();
      rest.forEachRemaining(remaining::add);
      rest = remaining.iterator();
      length = index0 + 1 + (ahead == null ? 0 : 1) + remaining.size();
    }
    return length;
  }

  /** An attribute such as {@code index}, or null when there is none of that name. */
  @Nullable Value attribute(String name, Budget budget) {
    return switch (name) {
      case "index" -> Int.of(index0 + 1);
      case "index0" -> Int.of(index0);
      case "revindex" -> Int.of(length() - index0);
      case "revindex0" -> Int.of(length() - index0 - 1);
      case "first" -> Bool.of(index0 == 0);
      case "last" -> Bool.of(peek() == null);
      case "length" -> Int.of(length());
      case "depth" -> Int.of(depth0 + 1L);
      case "depth0" -> Int.of(depth0);
      case "previtem" -> previous != null ? previous : new Undefined("there is no previous item");
      case "nextitem" -> {
        Value next = peek();
        yield next != null ? next : new Undefined("there is no next item");
      }
      case "cycle" -> new Function(name, this::cycle);
      case "changed" -> new Function(name, arguments -> changed(arguments, budget));
      default -> null;
    };
  }

  private @Nullable Value peek() {
    if (ahead == null && rest.hasNext()) {
      ahead = rest.next();
    }
    return ahead;
  }

  private Value cycle(Arguments arguments) {
    List<Value> items = arguments.positional();
    if (items.isEmpty()) {
      throw new EvaluationException("no items for cycling given");
    }
    return items.get((int) (index0 % items.size()));
  }

  private Value changed(Arguments arguments, Budget budget) {
    arguments.positional().forEach(value -> budget.spend(value.weight()));
    boolean differs = !arguments.positional().equals(changed);
    changed = arguments.positional();
    return Bool.of(differs);
  }

  @Override
  public String toString() {
    return "<LoopContext " + (index0 + 1) + "/" + length() + ">";
  }
}
