package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Sequence.Tuple;
import dev.whit.tokenizer.jinja.Stmt.AttributeTarget;
import dev.whit.tokenizer.jinja.Stmt.MacroBody;
import dev.whit.tokenizer.jinja.Stmt.NameTarget;
import dev.whit.tokenizer.jinja.Stmt.Target;
import dev.whit.tokenizer.jinja.Stmt.TupleTarget;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Str;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** Executes statements: one rendering of one template, on one thread. */
final class Renderer {
  /** How a statement ended. */
  private enum Flow {
    NEXT,
    BREAK,
    CONTINUE
  }

  /** What a block printed, and how it ended: a break within it leaves it, and the text is lost. */
  private record Captured(Flow flow, Str text) {}

  private final Budget budget;
  private final ExpressionEvaluator evaluator;
  private StringBuilder out = new StringBuilder();
  private int line;

  Renderer(Budget budget) {
    this.budget = budget;
    this.evaluator = new ExpressionEvaluator(budget);
  }

  String render(List<Stmt> template, Scope scope) {
    return capture(template, scope).text().value();
  }

  /** The line of the statement that is being executed, or was when it failed. */
  int line() {
    return line;
  }

  private Flow execute(List<Stmt> statements, Scope scope) {
    budget.enter();
    for (Stmt statement : statements) {
      budget.spend(Budget.NODE);
      line = statement.line();
      Flow flow = execute(statement, scope);
      if (flow != Flow.NEXT) {
        budget.leave();
        return flow;
      }
    }
    budget.leave();
    return Flow.NEXT;
  }

  private Flow execute(Stmt statement, Scope scope) {
    return switch (statement) {
      case Stmt.Text text -> {
        print(text.text());
        yield Flow.NEXT;
      }
      case Stmt.Print print -> {
        print(Repr.str(evaluator.evaluate(print.value(), scope), budget));
        yield Flow.NEXT;
      }
      case Stmt.If conditional -> execute(chosen(conditional, scope), scope);
      case Stmt.For loop -> loop(loop, evaluator.evaluate(loop.iterable(), scope), scope, 0);
      case Stmt.Break _ -> Flow.BREAK;
      case Stmt.Continue _ -> Flow.CONTINUE;
      case Stmt.Set set -> {
        assign(set.target(), evaluator.evaluate(set.value(), scope), scope);
        yield Flow.NEXT;
      }
      case Stmt.SetBlock block -> {
        Captured body = capture(block.body(), scope.child());
        if (body.flow() == Flow.NEXT) {
          assign(block.target(), filter(block.filters(), body.text(), scope), scope);
        }
        yield body.flow();
      }
      case Stmt.FilterBlock block -> {
        Captured body = capture(block.body(), scope.child());
        if (body.flow() == Flow.NEXT) {
          print(Repr.str(filter(block.filters(), body.text(), scope), budget));
        }
        yield body.flow();
      }
      case Stmt.With with -> {
        Scope inner = scope.child();
        for (Stmt.Binding binding : with.bindings()) {
          assign(binding.target(), evaluator.evaluate(binding.value(), scope), inner);
        }
        yield execute(with.body(), inner);
      }
      case Stmt.Macro macro -> {
        scope.set(macro.name(), macro(macro.name(), macro.body(), scope));
        yield Flow.NEXT;
      }
      case Stmt.CallBlock block -> {
        callBlock(block, scope);
        yield Flow.NEXT;
      }
    };
  }

  private List<Stmt> chosen(Stmt.If conditional, Scope scope) {
    for (Stmt.Branch branch : conditional.branches()) {
      if (evaluator.isTrue(branch.condition(), scope)) {
        return branch.body();
      }
    }
    return conditional.otherwise();
  }

  private Flow loop(Stmt.For statement, Value iterable, Scope scope, int depth0) {
    Iterator<Value> elements = Iteration.iterator(iterable, budget);
    Expr condition = statement.condition();
    if (condition != null) {
      elements =
          new FilteredIterator(
              elements,
              element -> {
                Scope test = scope.child();
                assign(statement.target(), element, test);
                return evaluator.isTrue(condition, test);
              });
    }
    Function recursion =
        new Function("loop", arguments -> recurse(statement, arguments, scope, depth0 + 1));
    Loop loop = new Loop(elements, depth0, recursion);
    // As in Jinja, the else part is left out once a body has come to its end.
    boolean completed = false;
    while (loop.hasNext()) {
      budget.elements(1);
      Scope body = scope.child();
      body.set("loop", loop);
      assign(statement.target(), loop.next(), body);
      Flow flow = execute(statement.body(), body);
      if (flow == Flow.BREAK) {
        break;
      }
      completed |= flow == Flow.NEXT;
    }
    return completed ? Flow.NEXT : execute(statement.otherwise(), scope.child());
  }

  private Value recurse(Stmt.For statement, Arguments arguments, Scope scope, int depth0) {
    if (!statement.recursive()) {
      throw new EvaluationException("The loop must have the 'recursive' marker to be called");
    }
    Value iterable = arguments.bind("loop", "iterable").required("iterable");
    return capture(() -> loop(statement, iterable, scope, depth0)).text();
  }

  private Value filter(List<Expr.FilterCall> filters, Value value, Scope scope) {
    Value filtered = value;
    for (Expr.FilterCall filter : filters) {
      filtered = evaluator.filter(filter, filtered, scope);
    }
    return filtered;
  }

  private void assign(Target target, Value value, Scope scope) {
    switch (target) {
      case NameTarget(String name) -> scope.set(name, value);
      case AttributeTarget(String name, String attribute) -> {
        if (!(scope.get(name) instanceof Namespace namespace)) {
          throw new EvaluationException("cannot assign attribute on non-namespace object");
        }
        namespace.set(attribute, value);
      }
      case TupleTarget(List<Target> targets) -> {
        List<Value> values = Iteration.list(value, budget);
        if (values.size() != targets.size()) {
          throw new EvaluationException(
              "expected %d values to unpack, got %d".formatted(targets.size(), values.size()));
        }
        for (int i = 0; i < targets.size(); i++) {
          assign(targets.get(i), values.get(i), scope);
        }
      }
    }
  }

  private void callBlock(Stmt.CallBlock block, Scope scope) {
    Value target = evaluator.evaluate(block.call().target(), scope);
    Arguments arguments = evaluator.arguments(block.call().arguments(), scope);
    Map<String, Value> named = new LinkedHashMap<>(arguments.named());
    named.put("caller", macro("caller", block.body(), scope));
    Value result = evaluator.call(target, new Arguments(arguments.positional(), named));
    print(Repr.str(result, budget));
  }

  /** A macro sees the variables of where it is defined as they are when it is called. */
  private Function macro(String name, MacroBody body, Scope definition) {
    return new Function(
        name,
        arguments -> {
          int callLine = line;
          Scope scope = definition.child();
          bind(name, body, arguments, scope);
          Value text = capture(body.statements(), scope).text();
          line = callLine;
          return text;
        });
  }

  private void bind(String macro, MacroBody body, Arguments arguments, Scope scope) {
    List<Value> positional = arguments.positional();
    Map<String, Value> named = new LinkedHashMap<>(arguments.named());
    int count = body.parameters().size();
    for (int i = 0; i < count; i++) {
      Stmt.Parameter parameter = body.parameters().get(i);
      Value value = i < positional.size() ? positional.get(i) : named.remove(parameter.name());
      Expr otherwise = parameter.otherwise();
      if (value == null) {
        value =
            otherwise != null
                ? evaluator.evaluate(otherwise, scope)
                : new Value.Undefined("parameter '" + parameter.name() + "' was not provided");
      }
      scope.set(parameter.name(), value);
    }
    if (body.caller()) {
      Value caller = named.remove("caller");
      scope.set("caller", caller != null ? caller : new Value.Undefined("No caller defined"));
    }
    if (body.kwargs()) {
      LinkedHashMap<Value, Value> rest = new LinkedHashMap<>();
      named.forEach((name, value) -> rest.put(new Str(name), value));
      scope.set("kwargs", new Dict(rest));
    } else if (!named.isEmpty()) {
      throw new EvaluationException(
          "macro '%s' takes no keyword argument '%s'"
              .formatted(macro, named.keySet().iterator().next()));
    }
    if (body.varargs()) {
      scope.set("varargs", new Tuple(arguments.dropping(count).positional()));
    } else if (positional.size() > count) {
      throw new EvaluationException(
          "macro '%s' takes not more than %d argument(s)".formatted(macro, count));
    }
  }

  private Captured capture(List<Stmt> statements, Scope scope) {
    return capture(() -> execute(statements, scope));
  }

  /** What an action prints. Left as it is when the action fails: then so does the rendering. */
  private Captured capture(Supplier<Flow> action) {
    StringBuilder outer = out;
    out = new StringBuilder();
    Flow flow = action.get();
    Str text = new Str(out.toString());
    out = outer;
    return new Captured(flow, text);
  }

  private void print(String text) {
    budget.spend(text.length());
    Budget.checkLength((long) out.length() + text.length());
    out.append(text);
  }
}
