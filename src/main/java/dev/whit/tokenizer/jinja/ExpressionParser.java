package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Arithmetic.Operator;
import dev.whit.tokenizer.jinja.Expr.CallArguments;
import dev.whit.tokenizer.jinja.Expr.Comparand;
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
import org.jspecify.annotations.Nullable;

/**
 * Parses expressions by recursive descent, from what binds least to what binds most: {@code if},
 * {@code or}, {@code and}, {@code not}, comparisons, {@code + -}, {@code ~}, {@code * / // %},
 * {@code **}, signs, then filters and tests, then subscripts and calls.
 */
final class ExpressionParser {
  private final TokenStream tokens;
  private Set<String> names = new HashSet<>();

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
  }

  /** Starts to collect the names that expressions mention; returns those collected so far. */
  Set<String> collectNames(Set<String> into) {
    Set<String> before = names;
    names = into;
    return before;
  }

  /** One expression. */
  Expr expression() {
    tokens.enter();
    Expr expression = or();
    while (tokens.skipName("if")) {
      Expr condition = or();
      Expr otherwise = tokens.skipName("else") ? expression() : null;
      expression = new Expr.Conditional(condition, expression, otherwise);
    }
    tokens.leave();
    return expression;
  }

  /** One expression without {@code if}, or several with commas between them, which are a tuple. */
  Expr tupleWithoutConditional() {
    return tuple(false, false);
  }

  /** One expression, or several with commas between them, which are a tuple. */
  Expr tuple() {
    return tuple(true, false);
  }

  private Expr tuple(boolean conditional, boolean mayBeEmpty) {
    List<Expr> items = new ArrayList<>();
    boolean tuple = false;
    while (!isTupleEnd()) {
      items.add(conditional ? expression() : or());
      if (!tokens.skipOperator(",")) {
        break;
      }
      tuple = true;
    }
    if (items.size() == 1 && !tuple) {
      return items.getFirst();
    }
    if (items.isEmpty() && !mayBeEmpty) {
      throw tokens.unexpected("an expression");
    }
    return new Expr.TupleLiteral(List.copyOf(items));
  }

  private boolean isTupleEnd() {
    return switch (tokens.current().kind()) {
      case PRINT_END, STATEMENT_END, END -> true;
      case OPERATOR -> tokens.current().isOperator(")");
      case TEXT, PRINT_BEGIN, STATEMENT_BEGIN, NAME, STRING, INTEGER, FLOAT -> false;
    };
  }

  private Expr or() {
    Expr left = and();
    while (tokens.skipName("or")) {
      left = new Expr.Or(left, and());
    }
    return left;
  }

  private Expr and() {
    Expr left = not();
    while (tokens.skipName("and")) {
      left = new Expr.And(left, not());
    }
    return left;
  }

  private Expr not() {
    if (!tokens.skipName("not")) {
      return comparison();
    }
    tokens.enter();
    Expr operand = not();
    tokens.leave();
    return new Expr.Not(operand);
  }

  private Expr comparison() {
    Expr first = sum();
    List<Comparand> rest = new ArrayList<>();
    for (Comparison.Operator operator = comparisonOperator();
        operator != null;
        operator = comparisonOperator()) {
      rest.add(new Comparand(operator, sum()));
    }
    return rest.isEmpty() ? first : new Expr.Compare(first, List.copyOf(rest));
  }

  private Comparison.@Nullable Operator comparisonOperator() {
    Token token = tokens.current();
    if (token.kind() == Token.Kind.OPERATOR) {
      Comparison.Operator operator =
          switch (token.text()) {
            case "==" -> Comparison.Operator.EQUAL;
            case "!=" -> Comparison.Operator.NOT_EQUAL;
            case "<" -> Comparison.Operator.LESS;
            case "<=" -> Comparison.Operator.LESS_EQUAL;
            case ">" -> Comparison.Operator.GREATER;
            case ">=" -> Comparison.Operator.GREATER_EQUAL;
            default -> null;
          };
      if (operator != null) {
        tokens.next();
      }
      return operator;
    }
    if (tokens.skipName("in")) {
      return Comparison.Operator.IN;
    }
    if (token.isName("not") && tokens.ahead().isName("in")) {
      tokens.next();
      tokens.next();
      return Comparison.Operator.NOT_IN;
    }
    return null;
  }

  private Expr sum() {
    Expr left = concatenation();
    while (true) {
      if (tokens.skipOperator("+")) {
        left = new Expr.Binary(Operator.ADD, left, concatenation());
      } else if (tokens.skipOperator("-")) {
        left = new Expr.Binary(Operator.SUBTRACT, left, concatenation());
      } else {
        return left;
      }
    }
  }

  private Expr concatenation() {
    Expr first = product();
    if (!tokens.current().isOperator("~")) {
      return first;
    }
    List<Expr> parts = new ArrayList<>(List.of(first));
    while (tokens.skipOperator("~")) {
      parts.add(product());
    }
    return new Expr.Concat(List.copyOf(parts));
  }

  private Expr product() {
    Expr left = power();
    while (true) {
      if (tokens.skipOperator("*")) {
        left = new Expr.Binary(Operator.MULTIPLY, left, power());
      } else if (tokens.skipOperator("/")) {
        left = new Expr.Binary(Operator.DIVIDE, left, power());
      } else if (tokens.skipOperator("//")) {
        left = new Expr.Binary(Operator.FLOOR_DIVIDE, left, power());
      } else if (tokens.skipOperator("%")) {
        left = new Expr.Binary(Operator.MODULO, left, power());
      } else {
        return left;
      }
    }
  }

  private Expr power() {
    Expr left = filtered();
    while (tokens.skipOperator("**")) {
      left = new Expr.Binary(Operator.POWER, left, filtered());
    }
    return left;
  }

  /** An operand with its filters and tests. */
  private Expr filtered() {
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
      Expr inner = tuple(true, true);
      tokens.expectOperator(")");
      return inner;
    }
    if (tokens.skipOperator("[")) {
      List<Expr> items = new ArrayList<>();
      while (!tokens.skipOperator("]")) {
        separate(items.isEmpty(), "]");
        if (!tokens.current().isOperator("]")) {
          items.add(expression());
        }
      }
      return new Expr.ListLiteral(List.copyOf(items));
    }
    if (tokens.skipOperator("{")) {
      List<Pair> pairs = new ArrayList<>();
      while (!tokens.skipOperator("}")) {
        separate(pairs.isEmpty(), "}");
        if (!tokens.current().isOperator("}")) {
          Expr key = expression();
          tokens.expectOperator(":");
          pairs.add(new Pair(key, expression()));
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
    Expr start = isBoundEnd() ? null : expression();
    if (!tokens.skipOperator(":")) {
      if (start == null) {
        throw tokens.unexpected("an expression");
      }
      return new Expr.Item(target, tokens.current().isOperator(",") ? keys(start) : start);
    }
    Expr stop = isBoundEnd() ? null : expression();
    Expr step = tokens.skipOperator(":") && !isBoundEnd() ? expression() : null;
    return new Expr.Slice(target, start, stop, step);
  }

  private boolean isBoundEnd() {
    return tokens.current().isOperator(":") || tokens.current().isOperator("]");
  }

  private Expr keys(Expr first) {
    List<Expr> keys = new ArrayList<>(List.of(first));
    while (tokens.skipOperator(",")) {
      keys.add(expression());
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
        spread = expression();
      } else if (tokens.skipOperator("**")) {
        legal = spreadNamed == null;
        spreadNamed = expression();
      } else if (tokens.current().kind() == Token.Kind.NAME && tokens.ahead().isOperator("=")) {
        String name = tokens.name();
        tokens.next();
        legal = spreadNamed == null && named.stream().noneMatch(k -> k.name().equals(name));
        named.add(new Keyword(name, expression()));
      } else {
        legal = spread == null && spreadNamed == null && named.isEmpty();
        positional.add(expression());
      }
      if (!legal) {
        throw Parser.error(line, "invalid syntax for function call expression");
      }
    }
    return new CallArguments(List.copyOf(positional), List.copyOf(named), spread, spreadNamed);
  }
}
