package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.ChatTemplateException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Divides a template into text and the tokens of its tags, with Jinja's whitespace control under
 * {@code trim_blocks} and {@code lstrip_blocks}: the line end after a statement or comment goes,
 * and so does the indentation before one that begins its line; a minus strips all whitespace on its
 * side, a plus keeps it.
 */
final class Lexer {
  private static final Pattern LINE_END = Pattern.compile("\r\n|\r");
  private static final Pattern RAW_BEGIN = Pattern.compile("\\{%([-+]?)\\s*+raw\\s*+(-?)%}");
  private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*+endraw\\s*+([-+]?)%}");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int position;
  private int line = 1;
  private int counted;

  /** Whether the text from the current position begins a line, as far as Jinja looks back. */
  private boolean atLineStart = true;

  private Lexer(String source) {
    String normalized = LINE_END.matcher(source).replaceAll("\n");
    this.source =
        normalized.endsWith("\n") ? normalized.substring(0, normalized.length() - 1) : normalized;
  }

  /**
   * The tokens, the last of kind END.
   *
   * @throws ChatTemplateException with the line for what is no token, or an end that is missing
   */
  static List<Token> tokens(String source) {
    Lexer lexer = new Lexer(source);
    lexer.run();
    return lexer.tokens;
  }

  private void run() {
    while (position < source.length()) {
      int tag = nextTag(position);
      if (tag < 0) {
        add(Token.Kind.TEXT, source.substring(position));
        break;
      }
      lexTag(tag);
    }
    position = source.length();
    add(Token.Kind.END, "");
  }

  private int nextTag(int from) {
    for (int at = source.indexOf('{', from); at >= 0; at = source.indexOf('{', at + 1)) {
      if (at + 1 < source.length() && "{%#".indexOf(source.charAt(at + 1)) >= 0) {
        return at;
      }
    }
    return -1;
  }

  private void lexTag(int tag) {
    Matcher raw = RAW_BEGIN.matcher(source).region(tag, source.length());
    if (raw.lookingAt()) {
      addText(tag, sign(raw.group(1)), true);
      position = raw.end();
      atLineStart = false;
      if (!raw.group(2).isEmpty()) {
        skipWhitespace();
      }
      lexRaw();
      return;
    }
    char kind = source.charAt(tag + 1);
    char sign = tag + 2 < source.length() ? source.charAt(tag + 2) : ' ';
    boolean signed = sign == '-' || sign == '+';
    addText(tag, signed ? sign : ' ', kind != '{');
    position = tag + (signed ? 3 : 2);
    switch (kind) {
      case '#' -> skipComment();
      case '%' -> {
        add(Token.Kind.STATEMENT_BEGIN, "{%");
        lexExpression("%}", Token.Kind.STATEMENT_END);
      }
      case '{' -> {
        add(Token.Kind.PRINT_BEGIN, "{{");
        lexExpression("}}", Token.Kind.PRINT_END);
      }
      default -> throw new IllegalStateException("tag {" + kind);
    }
  }

  private void lexRaw() {
    Matcher end = RAW_END.matcher(source).region(position, source.length());
    if (!end.find()) {
      throw error("Missing end of raw directive");
    }
    addText(end.start(), sign(end.group(1)), true);
    position = end.end();
    endTag(sign(end.group(2)), true);
  }

  private void skipComment() {
    int end = source.indexOf("#}", position);
    if (end < 0) {
      throw error("Missing end of comment tag");
    }
    char sign = end > position ? source.charAt(end - 1) : ' ';
    position = end + 2;
    endTag(sign, true);
  }

  /** The text up to a tag, without what the tag's sign and {@code lstrip_blocks} take away. */
  private void addText(int tag, char sign, boolean stripsIndentation) {
    String text = source.substring(position, tag);
    if (sign == '-') {
      text = Text.strip(text, null, false, true);
    } else if (sign != '+' && stripsIndentation) {
      int lineBegin = text.lastIndexOf('\n') + 1;
      String indentation = text.substring(lineBegin);
      if ((lineBegin > 0 || atLineStart) && Text.strip(indentation, null, true, false).isEmpty()) {
        text = text.substring(0, lineBegin);
      }
    }
    if (!text.isEmpty()) {
      add(Token.Kind.TEXT, text);
    }
  }

  /** After a tag: strips what its sign, or {@code trim_blocks}, takes from the text behind it. */
  private void endTag(char sign, boolean trimsLineEnd) {
    atLineStart = false;
    if (sign == '-') {
      skipWhitespace();
    } else if (sign != '+' && trimsLineEnd && source.startsWith("\n", position)) {
      position++;
      atLineStart = true;
    }
  }

  private void skipWhitespace() {
    while (position < source.length() && Unicode.isSpace(source.charAt(position))) {
      atLineStart = source.charAt(position) == '\n';
      position++;
    }
  }

  private void lexExpression(String end, Token.Kind endKind) {
    ExpressionLexer lexer = new ExpressionLexer(source);
    boolean statement = endKind == Token.Kind.STATEMENT_END;
    while (true) {
      position = lexer.skipWhitespace(position);
      if (position >= source.length()) {
        return; // the parser reports what is missing
      }
      if (lexer.isBalanced()) {
        char first = source.charAt(position);
        boolean signed =
            (first == '-' || (first == '+' && statement)) && source.startsWith(end, position + 1);
        if (signed || source.startsWith(end, position)) {
          add(endKind, end);
          position += signed ? 3 : 2;
          endTag(signed ? first : ' ', statement);
          return;
        }
      }
      countLines();
      ExpressionLexer.Lexeme lexeme = lexer.next(position, line);
      tokens.add(lexeme.token());
      position = lexeme.end();
    }
  }

  private static char sign(String group) {
    return group.isEmpty() ? ' ' : group.charAt(0);
  }

  private void add(Token.Kind kind, String text) {
    countLines();
    tokens.add(new Token(kind, text, line));
  }

  private void countLines() {
    for (; counted < position; counted++) {
      line += source.charAt(counted) == '\n' ? 1 : 0;
    }
  }

  private ChatTemplateException error(String message) {
    countLines();
    return Parser.error(line, message);
  }
}
