package dev.whit.tokenizer.jinja;

/**
 * A lexical unit of a template.
 *
 * @param text of a TEXT, NAME or OPERATOR as it is, of a STRING its value, of a number its digits
 * @param line where it begins, from 1
 */
record Token(Kind kind, String text, int line) {
  enum Kind {
    TEXT,
    PRINT_BEGIN,
    PRINT_END,
    STATEMENT_BEGIN,
    STATEMENT_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean isName(String name) {
    return kind == Kind.NAME && text.equals(name);
  }

  boolean isOperator(String operator) {
    return kind == Kind.OPERATOR && text.equals(operator);
  }

  /** How messages call it. */
  String describe() {
    return switch (kind) {
      case TEXT -> "template text";
      case PRINT_BEGIN, PRINT_END, STATEMENT_BEGIN, STATEMENT_END -> "'" + text + "'";
      case NAME, OPERATOR, INTEGER, FLOAT -> "'" + text + "'";
      case STRING -> "a string";
      case END -> "the end of the template";
    };
  }
}
