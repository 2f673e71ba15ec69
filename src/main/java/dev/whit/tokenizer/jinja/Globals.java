package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.ChatTemplateException;
import dev.whit.tokenizer.jinja.Arguments.Bound;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Range;
import dev.whit.tokenizer.jinja.Value.Str;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** The functions every template can call: some of Jinja's own, and those transformers adds. */
final class Globals {
  /** Longest range, as in Jinja's sandbox. */
  private static final int MAX_RANGE = 100_000;

  private final Budget budget;
  private final Clock clock;

  private Globals(Budget budget, Clock clock) {
    this.budget = budget;
    this.clock = clock;
  }

  static Scope scope(Budget budget, Clock clock) {
    Globals globals = new Globals(budget, clock);
    Scope scope = Scope.root();
    scope.define("range", globals::range);
    scope.define("dict", globals::dict);
    scope.define("namespace", globals::namespace);
    scope.define("joiner", globals::joiner);
    scope.define("raise_exception", globals::raise);
    scope.define("strftime_now", globals::now);
    return scope;
  }

  private Value range(Arguments arguments) {
    Bound bound = arguments.bind("range", "start", "stop", "step");
    boolean single = bound.get("stop") == null;
    long start = single ? 0 : bound.integer("start");
    long stop = single ? bound.integer("start") : bound.integer("stop");
    Range range = new Range(start, stop, bound.integer("step", 1));
    if (range.step() == 0) {
      throw new EvaluationException("range() arg 3 must not be zero");
    }
    if (range.size() > MAX_RANGE) {
      throw new EvaluationException("range of more than " + MAX_RANGE + " elements");
    }
    return range;
  }

  /** A dictionary of an optional other one, or pairs, and keyword arguments. */
  private Value dict(Arguments arguments) {
    return new Dict(entries("dict", arguments));
  }

  private Value namespace(Arguments arguments) {
    Namespace namespace = new Namespace();
    entries("namespace", arguments)
        .forEach((key, value) -> {
          if (key instanceof Str(String name)) {
            namespace.set(name, value);
          }
        });
    return namespace;
  }

  private SequencedMap<Value, Value> entries(String function, Arguments arguments) {
    if (arguments.positional().size() > 1) {
      throw new EvaluationException(function + " expected at most 1 argument");
    }
    SequencedMap<Value, Value> entries = new LinkedHashMap<>();
    for (Value source : arguments.positional()) {
      List<Value> pairs =
          source instanceof Dict dict ? dict.pairs() : Iteration.list(source, budget);
      for (Value pair : pairs) {
        List<Value> keyAndValue = Iteration.list(pair, budget);
        if (keyAndValue.size() != 2) {
          throw new EvaluationException(function + "(): an element is not a pair");
        }
        entries.put(Dict.hashable(keyAndValue.get(0)), keyAndValue.get(1));
      }
    }
    arguments.named().forEach((name, value) -> entries.put(new Str(name), value));
    return entries;
  }

  /** A function that gives nothing the first time, then the separator. */
  private Value joiner(Arguments arguments) {
    Value separator = arguments.bind("joiner", "sep").or("sep", new Str(", "));
    AtomicBoolean used = new AtomicBoolean();
    return new Function("joiner", _ -> used.getAndSet(true) ? separator : Str.EMPTY);
  }

  private Value raise(Arguments arguments) {
    Value message = arguments.bind("raise_exception", "message").required("message");
    throw new ChatTemplateException(Repr.str(message, budget));
  }

  private Value now(Arguments arguments) {
    String format = arguments.bind("strftime_now", "format").text("format");
    budget.text(format.length());
    String text = Strftime.format(format, ZonedDateTime.now(clock));
    budget.text(text.length());
    return new Str(text);
  }
}
