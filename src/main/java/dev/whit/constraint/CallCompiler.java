package dev.whit.constraint;

import dev.whit.constraint.GrammarBuilder.Rule;
import java.util.List;

/** Makes a grammar of calls of functions, one or several. */
final class CallCompiler {
  /** Calls without end would be an answer without end. */
  private static final int MAX_CALLS = 16;

  private final CallSyntax syntax;
  private final CompileBudget budget;
  private final GrammarBuilder grammar;

  CallCompiler(CallSyntax syntax, GrammarBuilder grammar, CompileBudget budget) {
    this.syntax = syntax;
    this.grammar = grammar;
    this.budget = budget;
  }

  /**
   * The rule of answers that consist of calls.
   *
   * @param parallel whether there may be more than one
   * @throws SchemaException if a function's schema cannot be enforced
   */
  Rule compile(List<FunctionSpec> functions, boolean parallel) {
    Rule call = grammar.rule();
    for (FunctionSpec function : functions) {
      String head = syntax.beforeName() + function.name() + syntax.beforeArguments();
      int after = grammar.node();
      grammar.call(
          grammar.text(call.start(), head),
          new SchemaCompiler(function.parameters(), grammar, budget).compileObject(),
          after);
      grammar.free(grammar.text(after, syntax.afterArguments()), call.end());
    }
    Rule calls = grammar.rule();
    int before = grammar.text(calls.start(), syntax.opening());
    for (int i = 0; i < (parallel ? MAX_CALLS : 1); i++) {
      int after = grammar.node();
      grammar.call(before, call, after);
      grammar.free(grammar.text(after, syntax.closing()), calls.end());
      before = grammar.text(after, syntax.separator());
    }
    return calls;
  }
}
