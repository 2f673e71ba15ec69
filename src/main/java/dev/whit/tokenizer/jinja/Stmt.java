package dev.whit.tokenizer.jinja;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement. */
sealed interface Stmt {
  /** The line it begins on, from 1. */
  int line();

  /** Template text. */
  record Text(int line, String text) implements Stmt {}

  record Print(int line, Expr value) implements Stmt {}

  record If(int line, List<Branch> branches, List<Stmt> otherwise) implements Stmt {}

  /**
   * A loop.
   *
   * @param condition the loop's own {@code if}
   * @param otherwise what runs when there was no element
   */
  record For(
      int line,
      Target target,
      Expr iterable,
      @Nullable Expr condition,
      List<Stmt> body,
      List<Stmt> otherwise,
      boolean recursive)
      implements Stmt {}

  record Break(int line) implements Stmt {}

  record Continue(int line) implements Stmt {}

  record Set(int line, Target target, Expr value) implements Stmt {}

  /** {@code set target | filters}, the value being what the body renders. */
  record SetBlock(int line, Target target, List<Expr.FilterCall> filters, List<Stmt> body)
      implements Stmt {}

  record FilterBlock(int line, List<Expr.FilterCall> filters, List<Stmt> body) implements Stmt {}

  record With(int line, List<Binding> bindings, List<Stmt> body) implements Stmt {}

  record Macro(int line, String name, MacroBody body) implements Stmt {}

  /** {@code call(parameters) call}: the call can have the body rendered by {@code caller}. */
  record CallBlock(int line, Expr.Call call, MacroBody body) implements Stmt {}

  record Branch(Expr condition, List<Stmt> body) {}

  record Binding(Target target, Expr value) {}

  record Parameter(String name, @Nullable Expr otherwise) {}

  /**
   * What a macro renders.
   *
   * @param varargs whether it uses {@code varargs}, and so takes any number of arguments
   * @param kwargs whether it uses {@code kwargs}, and so takes arguments of any name
   * @param caller whether it uses {@code caller}, and so can be used in a call block
   */
  record MacroBody(
      List<Parameter> parameters,
      List<Stmt> statements,
      boolean varargs,
      boolean kwargs,
      boolean caller) {}

  /** What can be assigned to. */
  sealed interface Target {}

  record NameTarget(String name) implements Target {}

  /** An attribute of a namespace. */
  record AttributeTarget(String namespace, String attribute) implements Target {}

  record TupleTarget(List<Target> targets) implements Target {}
}
