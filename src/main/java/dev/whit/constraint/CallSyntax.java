package dev.whit.constraint;

/**
 * How an answer that consists of calls of functions is written: {@code opening}, then calls with
 * separators between them, then {@code closing}. A call is {@code beforeName}, the name as it is,
 * {@code beforeArguments}, the arguments as a JSON object, {@code afterArguments}.
 *
 * @param separator between two calls
 */
public record CallSyntax(
    String opening,
    String beforeName,
    String beforeArguments,
    String afterArguments,
    String separator,
    String closing) {}
