package dev.whit.tokenizer.jinja;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens within one tag. Knows which brackets are open: they hide a tag's end. */
final class ExpressionLexer {
  /** A token and where the next one may begin. */
  record Lexeme(Token token, int end) {}

  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)(?:\\d+_)*+\\d++(?:(?:\\.(?:\\d+_)*+\\d++)?[eE][-+]?(?:\\d+_)*+\\d++"
              + "|\\.(?:\\d+_)*+\\d++)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++"
              + "|[1-9](?:_?[0-9])*+|0(?:_?0)*+");
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|[=!<>]=|[-+*/%~<>=.:|,;()\\[\\]{}]");

  private final String source;
  private final Deque<Character> open = new ArrayDeque<>();

  ExpressionLexer(String source) {
    this.source = source;
  }

  boolean isBalanced() {
    return open.isEmpty();
  }

  int skipWhitespace(int position) {
    int at = position;
    while (at < source.length() && Unicode.isSpace(source.charAt(at))) {
      at++;
    }
    return at;
  }

  /** The token at a position. */
  Lexeme next(int position, int line) {
    int first = source.codePointAt(position);
    if (first >= '0' && first <= '9') {
      Matcher number = at(FLOAT, position);
      if (number.lookingAt()) {
        return lexeme(Token.Kind.FLOAT, number, line);
      }
      number = at(INTEGER, position);
      if (number.lookingAt()) {
        return lexeme(Token.Kind.INTEGER, number, line);
      }
    }
    if (first == '\'' || first == '"') {
      int end = StringLiteral.end(source, position);
      if (end >= 0) {
        String value = StringLiteral.value(source.substring(position + 1, end - 1), line);
        return new Lexeme(new Token(Token.Kind.STRING, value, line), end);
      }
    }
    if (Unicode.isWord(first)) {
      int end = position;
      while (end < source.length() && Unicode.isWord(source.codePointAt(end))) {
        end += Character.charCount(source.codePointAt(end));
      }
      return new Lexeme(new Token(Token.Kind.NAME, source.substring(position, end), line), end);
    }
    Matcher operator = at(OPERATOR, position);
    if (operator.lookingAt()) {
      balance(operator.group().charAt(0), line);
      return lexeme(Token.Kind.OPERATOR, operator, line);
    }
    throw Parser.error(line, "unexpected char '" + Character.toString(first) + "'");
  }

  private Matcher at(Pattern pattern, int position) {
    // Transparent bounds, so that a look-behind sees what is before the position.
    return pattern.matcher(source).region(position, source.length()).useTransparentBounds(true);
  }

  private static Lexeme lexeme(Token.Kind kind, Matcher match, int line) {
    return new Lexeme(new Token(kind, match.group(), line), match.end());
  }

  private void balance(char operator, int line) {
    switch (operator) {
      case '(' -> open.push(')');
      case '[' -> open.push(']');
      case '{' -> open.push('}');
      case ')', ']', '}' -> {
        if (open.isEmpty()) {
          throw Parser.error(line, "unexpected '" + operator + "'");
        }
        char expected = open.pop();
        if (expected != operator) {
          throw Parser.error(line, "unexpected '" + operator + "', expected '" + expected + "'");
        }
      }
      default -> {}
    }
  }
}
