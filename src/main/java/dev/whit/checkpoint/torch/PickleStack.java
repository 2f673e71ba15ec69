package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;

/** The pickle machine's stack: values, and marks below which only {@link #popToMark} reaches. */
final class PickleStack {
  private final Function<String, CheckpointException> bad;
  private final List<PickleValue> values = new ArrayList<>();

  /** Sizes of the stack at the open marks. */
  private final Deque<Integer> marks = new ArrayDeque<>();

  /** An empty stack that reports misuse through {@code bad}. */
  PickleStack(Function<String, CheckpointException> bad) {
    this.bad = bad;
  }

  void push(PickleValue value) {
    values.add(value);
  }

  PickleValue peek() {
    require(1);
    return values.getLast();
  }

  PickleValue pop() {
    require(1);
    return values.removeLast();
  }

  /** The last {@code count} values, the deepest first. */
  List<PickleValue> pop(int count) {
    require(count);
    return cut(values.size() - count);
  }

  void mark() {
    marks.push(values.size());
  }

  /** All values since the last mark, the deepest first, and removes the mark. */
  List<PickleValue> popToMark() {
    if (marks.isEmpty()) {
      throw bad.apply("no mark on the stack");
    }
    return cut(marks.pop());
  }

  private List<PickleValue> cut(int size) {
    List<PickleValue> tail = values.subList(size, values.size());
    List<PickleValue> popped = List.copyOf(tail);
    tail.clear();
    return popped;
  }

  private void require(int count) {
    int floor = marks.isEmpty() ? 0 : marks.peek();
    if (values.size() - floor < count) {
      throw bad.apply("the stack is empty");
    }
  }
}
