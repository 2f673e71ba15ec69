package dev.whit.tokenizer.jinja;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Those elements that pass a test, each tested when it is about to be returned, not before. */
final class FilteredIterator implements Iterator<Value> {
  private final Iterator<Value> elements;
  private final Predicate<Value> test;
  private @Nullable Value found;

  FilteredIterator(Iterator<Value> elements, Predicate<Value> test) {
    this.elements = elements;
    this.test = test;
  }

  @Override
  public boolean hasNext() {
    while (found == null && elements.hasNext()) {
      Value element = elements.next();
      if (test.test(element)) {
        found = element;
      }
    }
    return found != null;
  }

  @Override
  public Value next() {
    if (!hasNext() || found == null) {
      throw new NoSuchElementException();
    }
    Value next = found;
    found = null;
    return next;
  }
}
