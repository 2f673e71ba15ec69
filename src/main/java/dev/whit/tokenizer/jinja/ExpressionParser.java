package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Arithmetic.Operator;
import dev.whit.tokenizer.jinja.Expr.Comparand;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses operators by recursive descent, from what binds least to what binds most: {@code if},
 * {@code or}, {@code and}, {@code not}, comparisons, {@code + -}, {@code ~}, {@code * / // %},
 * {@code **}; what they stand between is for {@link OperandParser}.
 */
final class ExpressionParser {
  private final TokenStream tokens;
  private final OperandParser operands;

  ExpressionParser(TokenStream tokens) {
    this.tokens = tokens;
    this.operands = new OperandParser(tokens, this);
  }

  /** The parser of what operators stand between. */
  OperandParser operands() {
    return operands;
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

  /** What may stand in parentheses: also nothing, which is the empty tuple. */
  Expr parenthesized() {
    return tuple(true, true);
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
    Expr left = operands.operand();
    while (tokens.skipOperator("**")) {
      left = new Expr.Binary(Operator.POWER, left, operands.operand());
    }
    return left;
  }
}
