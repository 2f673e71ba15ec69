package dev.whit.constraint;

/** A schema that cannot be enforced. The message is for the client. */
public final class SchemaException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * A schema that cannot be enforced.
   *
   * @param path where, as a JSON pointer into the schema ({@code #/properties/a})
   * @param reason what is wrong, with the keyword
   */
  public SchemaException(String path, String reason) {
    super("at %s: %s".formatted(path, reason), null, false, false);
  }

  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
