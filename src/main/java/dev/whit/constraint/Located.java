package dev.whit.constraint;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A schema, and where it stands.
 *
 * @param schema an object or a boolean
 * @param path JSON pointer from the root, {@code #/properties/a}
 */
record Located(JsonNode schema, String path) {
  /** A schema inside of this one. */
  Located at(String keyword) {
    return new Located(schema.path(keyword), path + "/" + keyword);
  }

  /** A schema of a keyword's map. */
  Located at(String keyword, String name) {
    return new Located(
        schema.path(keyword).path(name),
        "%s/%s/%s".formatted(path, keyword, name.replace("~", "~0").replace("/", "~1")));
  }

  /** A schema of a keyword's list. */
  Located at(String keyword, int index) {
    return new Located(
        schema.path(keyword).path(index), "%s/%s/%d".formatted(path, keyword, index));
  }

  boolean has(String keyword) {
    return schema.has(keyword);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Located located && path.equals(located.path);
  }

  @Override
  public int hashCode() {
    return path.hashCode();
  }
}
