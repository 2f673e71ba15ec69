package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Expr.CallArguments;
import dev.whit.tokenizer.jinja.Expr.FilterCall;
import dev.whit.tokenizer.jinja.Expr.Keyword;
import dev.whit.tokenizer.jinja.Expr.Literal;
import dev.whit.tokenizer.jinja.Expr.Pair;
import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Parses what operators stand between: names, literals and brackets, with their signs, subscripts
 * and calls, and then filters and tests.
 */
final class OperandParser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private Set<String> names = new HashSet<>();

  OperandParser(TokenStream tokens, ExpressionParser expressions) {
    this.tokens = tokens;
    this.expressions = expressions;
  }

  /** Starts to collect the names that expressions mention; returns those collected so far. */
  Set<String> collectNames(Set<String> into) {
    Set<String> before = names;
    names = into;
    return before;
  }

  /** An operand with its filters and tests. */
  Expr operand() {
    Expr expression = signed();
    while (true) {
      if (tokens.skipOperator("|")) {
        expression = new Expr.Filtered(expression, filter());
      } else if (tokens.skipName("is")) {
        expression = test(expression);
      } else if (tokens.current().isOperator("(")) {
        expression = new Expr.Call(expression, arguments());
      } else {
        return expression;
      }
    }
  }

  private Expr signed() {
    tokens.enter();
    Expr operand;
    if (tokens.skipOperator("-")) {
      operand = new Expr.Negate(signed());
    } else if (tokens.skipOperator("+")) {
      operand = new Expr.Plus(signed());
    } else {
      operand = primary();
    }
    tokens.leave();
    return postfix(operand);
  }

  private Expr primary() {
    Token token = tokens.current();
    return switch (token.kind()) {
      case NAME -> name(tokens.next().text());
      case STRING -> {
        StringBuilder text = new StringBuilder();
        while (tokens.current().kind() == Token.Kind.STRING) {
          text.append(tokens.next().text());
        }
        yield new Literal(new Str(text.toString()));
      }
      case INTEGER -> new Literal(integer(tokens.next()));
      case FLOAT ->
          new Literal(new Real(Double.parseDouble(tokens.next().text().replace("_", ""))));
      case OPERATOR -> bracketed();
      case TEXT, PRINT_BEGIN, PRINT_END, STATEMENT_BEGIN, STATEMENT_END, END ->
          throw tokens.unexpected("an expression");
    };
  }

  private Expr name(String name) {
    return switch (name) {
      case "true", "True" -> new Literal(Bool.TRUE);
      case "false", "False" -> new Literal(Bool.FALSE);
      case "none", "None" -> new Literal(None.NONE);
      default -> {
        names.add(name);
        yield new Expr.Name(name);
      }
    };
  }

  private static Int integer(Token token) {
    String digits = token.text().replace("_", "");
    int radix =
        switch (digits.length() > 1 ? Character.toLowerCase(digits.charAt(1)) : ' ') {
          case 'x' -> 16;
          case 'o' -> 8;
          case 'b' -> 2;
          default -> 10;
        };
    if (digits.length() > 1000) {
      throw Parser.error(token.line(), "an integer of more than 1000 digits");
    }
    return new Int(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
  }

  private Expr bracketed() {
    if (tokens.skipOperator("(")) {
      Expr inner = expressions.parenthesized();
      tokens.expectOperator(")");
      return inner;
    }
    if (tokens.skipOperator("[")) {
      List<Expr> items = new ArrayList<>();
      while (!tokens.skipOperator("]")) {
        separate(items.isEmpty(), "]");
        if (!tokens.current().isOperator("]")) {
          items.add(expressions.expression());
        }
      }
      return new Expr.ListLiteral(List.copyOf(items));
    }
    if (tokens.skipOperator("{")) {
      List<Pair> pairs = new ArrayList<>();
      while (!tokens.skipOperator("}")) {
        separate(pairs.isEmpty(), "}");
        if (!tokens.current().isOperator("}")) {
          Expr key = expressions.expression();
          tokens.expectOperator(":");
          pairs.add(new Pair(key, expressions.expression()));
        }
      }
      return new Expr.DictLiteral(List.copyOf(pairs));
    }
    throw tokens.unexpected("an expression");
  }

  private void separate(boolean first, String close) {
    if (!first && !tokens.skipOperator(",")) {
      throw tokens.unexpected("',' or '" + close + "'");
    }
  }

  /** Subscripts and calls. */
  private Expr postfix(Expr operand) {
    Expr expression = operand;
    while (true) {
      if (tokens.skipOperator(".")) {
        Token member = tokens.next();
        expression =
            switch (member.kind()) {
              case NAME -> new Expr.Attribute(expression, member.text());
              case INTEGER -> new Expr.Item(expression, new Literal(integer(member)));
              default -> throw Parser.error(member.line(), "expected name or number");
            };
      } else if (tokens.skipOperator("[")) {
        expression = subscript(expression);
        tokens.expectOperator("]");
      } else if (tokens.current().isOperator("(")) {
        expression = new Expr.Call(expression, arguments());
      } else {
        return expression;
      }
    }
  }

  private Expr subscript(Expr target) {
    Expr start = isBoundEnd() ? null : expressions.expression();
    if (!tokens.skipOperator(":")) {
      if (start == null) {
        throw tokens.unexpected("an expression");
      }
      return new Expr.Item(target, tokens.current().isOperator(",") ? keys(start) : start);
    }
    Expr stop = isBoundEnd() ? null : expressions.expression();
    Expr step = tokens.skipOperator(":") && !isBoundEnd() ? expressions.expression() : null;
    return new Expr.Slice(target, start, stop, step);
  }

  private boolean isBoundEnd() {
    return tokens.current().isOperator(":") || tokens.current().isOperator("]");
  }

  private Expr keys(Expr first) {
    List<Expr> keys = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",")) {
      keys.add(expressions.expression());
    }
    return new Expr.TupleLiteral(List.copyOf(keys));
  }

  /** What follows {@code |}. */
  FilterCall filter() {
    String name = dottedName();
    return new FilterCall(
        name, tokens.current().isOperator("(") ? arguments() : CallArguments.NONE);
  }

  /** What follows {@code is}. */
  private Expr test(Expr value) {
    boolean negated = tokens.skipName("not");
    String name = dottedName();
    CallArguments arguments = CallArguments.NONE;
    if (tokens.current().isOperator("(")) {
      arguments = arguments();
    } else if (beginsTestArgument()) {
      arguments = new CallArguments(List.of(postfix(primary())), List.of(), null, null);
    }
    Expr test = new Expr.Test(value, name, arguments);
    return negated ? new Expr.Not(test) : test;
  }

  private boolean beginsTestArgument() {
    Token token = tokens.current();
    if (token.isName("is")) {
      throw Parser.error(token.line(), "You cannot chain multiple tests with is");
    }
    return switch (token.kind()) {
      case NAME -> !(token.isName("else") || token.isName("or") || token.isName("and"));
      case STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> token.isOperator("[") || token.isOperator("{");
      case TEXT, PRINT_BEGIN, PRINT_END, STATEMENT_BEGIN, STATEMENT_END, END -> false;
    };
  }

  private String dottedName() {
    StringBuilder name = new StringBuilder(tokens.name());
    while (tokens.skipOperator(".")) {
      name.append('.').append(tokens.name());
    }
    return name.toString();
  }

  /** The arguments of a call, in parentheses. */
  CallArguments arguments() {
    int line = tokens.current().line();
    tokens.expectOperator("(");
    List<Expr> positional = new ArrayList<>();
    List<Keyword> named = new ArrayList<>();
    Expr spread = null;
    Expr spreadNamed = null;
    boolean first = true;
    while (!tokens.skipOperator(")")) {
      separate(first, ")");
      first = false;
      boolean legal;
      if (tokens.current().isOperator(")")) {
        continue;
      }
      if (tokens.skipOperator("*")) {
        legal = spread == null && spreadNamed == null;
        spread = expressions.expression();
      } else if (tokens.skipOperator("**")) {
        legal = spreadNamed == null;
        spreadNamed = expressions.expression();
      } else if (tokens.current().kind() == Token.Kind.NAME && tokens.ahead().isOperator("=")) {
        String name = tokens.name();
        tokens.next();
        legal = spreadNamed == null && named.stream().noneMatch(k -> k.name().equals(name));
        named.add(new Keyword(name, expressions.expression()));
      } else {
        legal = spread == null && spreadNamed == null && named.isEmpty();
        positional.add(expressions.expression());
      }
      if (!legal) {
        throw Parser.error(line, "invalid syntax for function call expression");
      }
    }
    return new CallArguments(List.copyOf(positional), List.copyOf(named), spread, spreadNamed);
  }
}
