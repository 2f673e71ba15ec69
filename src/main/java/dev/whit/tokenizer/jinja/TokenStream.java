package dev.whit.tokenizer.jinja;

import java.util.List;

/** The tokens of a template with a position, and the nesting of what is being parsed. */
final class TokenStream {
  /** Deepest nesting of brackets, unary operators and statements. */
  private static final int MAX_NESTING = 100;

  private final List<Token> tokens;
  private int position;
  private int nesting;

  TokenStream(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token current() {
    return tokens.get(position);
  }

  Token ahead() {
    return tokens.get(Math.min(position + 1, tokens.size() - 1));
  }

  /** Returns the current token and moves on, but never beyond the end. */
  Token next() {
    Token token = current();
    if (token.kind() != Token.Kind.END) {
      position++;
    }
    return token;
  }

  boolean skipOperator(String operator) {
    boolean matches = current().isOperator(operator);
    if (matches) {
      next();
    }
    return matches;
  }

  boolean skipName(String name) {
    boolean matches = current().isName(name);
    if (matches) {
      next();
    }
    return matches;
  }

  void expectOperator(String operator) {
    if (!skipOperator(operator)) {
      throw unexpected("'" + operator + "'");
    }
  }

  void expectName(String name) {
    if (!skipName(name)) {
      throw unexpected("'" + name + "'");
    }
  }

  /** Any name. */
  String name() {
    return expect(Token.Kind.NAME, "a name").text();
  }

  Token expect(Token.Kind kind, String what) {
    if (current().kind() != kind) {
      throw unexpected(what);
    }
    return next();
  }

  RuntimeException unexpected(String expected) {
    return Parser.error(current().line(), "expected " + expected + ", got " + current().describe());
  }

  void enter() {
    if (++nesting > MAX_NESTING) {
      throw Parser.error(current().line(), "nested deeper than " + MAX_NESTING + " levels");
    }
  }

  void leave() {
    nesting--;
  }
}
