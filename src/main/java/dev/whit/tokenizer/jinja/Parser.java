package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.ChatTemplateException;
import dev.whit.tokenizer.jinja.Expr.FilterCall;
import dev.whit.tokenizer.jinja.Stmt.MacroBody;
import dev.whit.tokenizer.jinja.Stmt.Parameter;
import dev.whit.tokenizer.jinja.Stmt.Target;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Parses a template into statements. */
final class Parser {
  private final TokenStream tokens;
  private final ExpressionParser expressions;
  private final OperandParser operands;

  /** How many loops of the current macro are open: where break and continue may stand. */
  private int loops;

  private Parser(TokenStream tokens) {
    this.tokens = tokens;
    this.expressions = new ExpressionParser(tokens);
    this.operands = expressions.operands();
  }

  /**
   * The statements of a template.
   *
   * @throws ChatTemplateException with the line, for what is not Jinja or not supported
   */
  static List<Stmt> parse(String source) {
    Parser parser = new Parser(new TokenStream(Lexer.tokens(source)));
    List<Stmt> statements = parser.body();
    if (parser.tokens.current().kind() != Token.Kind.END) {
      throw error(
          parser.tokens.current().line(),
          "unexpected tag '" + parser.tokens.current().text() + "'");
    }
    return statements;
  }

  static ChatTemplateException error(int line, String message) {
    return new ChatTemplateException("chat template, line " + line + ": " + message);
  }

  /** Statements up to the end, or to a tag that begins none; its name is then current. */
  private List<Stmt> body(String... ends) {
    tokens.enter();
    List<Stmt> statements = new ArrayList<>();
    while (tokens.current().kind() != Token.Kind.END) {
      Token token = tokens.next();
      switch (token.kind()) {
        case TEXT -> statements.add(new Stmt.Text(token.line(), token.text()));
        case PRINT_BEGIN -> {
          statements.add(new Stmt.Print(token.line(), expressions.tuple()));
          tokens.expect(Token.Kind.PRINT_END, "'}}'");
        }
        case STATEMENT_BEGIN -> {
          Token tag = tokens.current();
          if (tag.kind() == Token.Kind.NAME && isEnd(tag.text(), ends)) {
            tokens.leave();
            return List.copyOf(statements);
          }
          statements.add(statement());
        }
        case PRINT_END, STATEMENT_END, NAME, STRING, INTEGER, FLOAT, OPERATOR, END ->
            throw new IllegalStateException("a token outside of tags: " + token);
      }
    }
    tokens.leave();
    return List.copyOf(statements);
  }

  private static boolean isEnd(String tag, String... ends) {
    return List.of(ends).contains(tag);
  }

  /** The end of a tag, statements, and the beginning of the tag that ends them. */
  private List<Stmt> block(int line, String... ends) {
    tokens.skipOperator(":");
    endTag();
    List<Stmt> statements = body(ends);
    if (tokens.current().kind() == Token.Kind.END) {
      throw error(line, "the tag is not closed: expected '" + String.join("' or '", ends) + "'");
    }
    return statements;
  }

  /** Like {@link #block} with one possible end, which is consumed. */
  private List<Stmt> closedBlock(int line, String end) {
    List<Stmt> statements = block(line, end);
    tokens.next();
    endTag();
    return statements;
  }

  private void endTag() {
    tokens.expect(Token.Kind.STATEMENT_END, "'%}'");
  }

  private Stmt statement() {
    Token tag = tokens.expect(Token.Kind.NAME, "a tag name");
    int line = tag.line();
    return switch (tag.text()) {
      case "for" -> loop(line);
      case "if" -> conditional(line);
      case "set" -> assignment(line);
      case "macro" -> macro(line);
      case "call" -> callBlock(line);
      case "filter" -> filterBlock(line);
      case "with" -> with(line);
      case "generation" -> generation(line);
      case "print" -> {
        Expr value = expressions.expression();
        endTag();
        yield new Stmt.Print(line, value);
      }
      case "break" -> {
        requireLoop(tag);
        yield new Stmt.Break(line);
      }
      case "continue" -> {
        requireLoop(tag);
        yield new Stmt.Continue(line);
      }
      default -> throw error(line, "unknown or unexpected tag '" + tag.text() + "'");
    };
  }

  private void requireLoop(Token tag) {
    if (loops == 0) {
      throw error(tag.line(), "'" + tag.text() + "' outside of a loop");
    }
    endTag();
  }

  private Stmt loop(int line) {
    Target target = target(false);
    tokens.expectName("in");
    Expr iterable = expressions.tupleWithoutConditional();
    Expr condition = tokens.skipName("if") ? expressions.expression() : null;
    boolean recursive = tokens.skipName("recursive");
    loops++;
    List<Stmt> body = block(line, "endfor", "else");
    loops--;
    List<Stmt> otherwise = List.of();
    if (tokens.next().isName("else")) {
      otherwise = closedBlock(line, "endfor");
    } else {
      endTag();
    }
    return new Stmt.For(line, target, iterable, condition, body, otherwise, recursive);
  }

  private Stmt conditional(int line) {
    List<Stmt.Branch> branches = new ArrayList<>();
    Token tag;
    do {
      Expr condition = expressions.tupleWithoutConditional();
      branches.add(new Stmt.Branch(condition, block(line, "elif", "else", "endif")));
      tag = tokens.next();
    } while (tag.isName("elif"));
    List<Stmt> otherwise = List.of();
    if (tag.isName("else")) {
      otherwise = closedBlock(line, "endif");
    } else {
      endTag();
    }
    return new Stmt.If(line, List.copyOf(branches), otherwise);
  }

  private Stmt assignment(int line) {
    Target target = target(true);
    if (tokens.skipOperator("=")) {
      Expr value = expressions.tuple();
      endTag();
      return new Stmt.Set(line, target, value);
    }
    List<FilterCall> filters = tokens.skipOperator("|") ? filters() : List.of();
    return new Stmt.SetBlock(line, target, filters, closedBlock(line, "endset"));
  }

  private Stmt filterBlock(int line) {
    List<FilterCall> filters = filters();
    return new Stmt.FilterBlock(line, filters, closedBlock(line, "endfilter"));
  }

  private List<FilterCall> filters() {
    List<FilterCall> filters = new ArrayList<>();
    do {
      filters.add(operands.filter());
    } while (tokens.skipOperator("|"));
    return List.copyOf(filters);
  }

  private Stmt with(int line) {
    List<Stmt.Binding> bindings = new ArrayList<>();
    while (tokens.current().kind() != Token.Kind.STATEMENT_END) {
      if (!bindings.isEmpty()) {
        tokens.expectOperator(",");
      }
      Target target = target(false);
      tokens.expectOperator("=");
      bindings.add(new Stmt.Binding(target, expressions.expression()));
    }
    return new Stmt.With(line, List.copyOf(bindings), closedBlock(line, "endwith"));
  }

  /**
   * What transformers marks as the model's own words: a scope, and as a macro one no break leaves.
   */
  private Stmt generation(int line) {
    int outerLoops = loops;
    loops = 0;
    List<Stmt> body = closedBlock(line, "endgeneration");
    loops = outerLoops;
    return new Stmt.With(line, List.of(), body);
  }

  private Stmt macro(int line) {
    String name = tokens.name();
    return new Stmt.Macro(line, name, macroBody(line, parameters(), "endmacro"));
  }

  private Stmt callBlock(int line) {
    List<Parameter> parameters = tokens.current().isOperator("(") ? parameters() : List.of();
    if (!(expressions.expression() instanceof Expr.Call call)) {
      throw error(line, "expected call");
    }
    return new Stmt.CallBlock(line, call, macroBody(line, parameters, "endcall"));
  }

  private MacroBody macroBody(int line, List<Parameter> parameters, String end) {
    int outerLoops = loops;
    loops = 0;
    Set<String> mentioned = new HashSet<>();
    Set<String> outer = operands.collectNames(mentioned);
    List<Stmt> statements = closedBlock(line, end);
    operands.collectNames(outer);
    outer.addAll(mentioned);
    loops = outerLoops;
    parameters.forEach(parameter -> mentioned.remove(parameter.name()));
    return new MacroBody(
        parameters,
        statements,
        mentioned.contains("varargs"),
        mentioned.contains("kwargs"),
        mentioned.contains("caller"));
  }

  private List<Parameter> parameters() {
    tokens.expectOperator("(");
    List<Parameter> parameters = new ArrayList<>();
    while (!tokens.skipOperator(")")) {
      if (!parameters.isEmpty()) {
        tokens.expectOperator(",");
      }
      int line = tokens.current().line();
      String name = tokens.name();
      @Nullable Expr otherwise = tokens.skipOperator("=") ? expressions.expression() : null;
      if (otherwise == null && !parameters.isEmpty() && parameters.getLast().otherwise() != null) {
        throw error(line, "non-default argument follows default argument");
      }
      parameters.add(new Parameter(name, otherwise));
    }
    return List.copyOf(parameters);
  }

  /** Names to assign to, with commas or parentheses a tuple of them. */
  private Target target(boolean namespaces) {
    List<Target> targets = new ArrayList<>();
    boolean tuple = false;
    do {
      if (!targets.isEmpty() && !beginsTarget()) {
        break; // a trailing comma
      }
      targets.add(singleTarget(namespaces));
      tuple |= tokens.current().isOperator(",");
    } while (tokens.skipOperator(","));
    return tuple ? new Stmt.TupleTarget(List.copyOf(targets)) : targets.getFirst();
  }

  private boolean beginsTarget() {
    Token token = tokens.current();
    return token.isOperator("(") || (token.kind() == Token.Kind.NAME && !token.isName("in"));
  }

  private Target singleTarget(boolean namespaces) {
    if (tokens.skipOperator("(")) {
      tokens.enter();
      Target inner = target(namespaces);
      tokens.leave();
      tokens.expectOperator(")");
      return inner;
    }
    Token token = tokens.expect(Token.Kind.NAME, "a name to assign to");
    return switch (token.text()) {
      case "true", "True", "false", "False", "none", "None" ->
          throw error(token.line(), "can't assign to '" + token.text() + "'");
      default ->
          namespaces && tokens.skipOperator(".")
              ? new Stmt.AttributeTarget(token.text(), tokens.name())
              : new Stmt.NameTarget(token.text());
    };
  }
}
