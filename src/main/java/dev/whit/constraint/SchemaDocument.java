package dev.whit.constraint;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schema with its references resolved, alternatives told apart, and conjunctions gathered: what
 * {@code $ref}, {@code allOf}, {@code anyOf} and {@code oneOf} do is over when {@link #expand} has
 * been.
 */
final class SchemaDocument {
  private static final int MAX_ALTERNATIVES = 256;
  private static final int MAX_PARTS = 256;

  private final JsonNode root;
  private final CompileBudget budget;
  private final Disjointness disjointness = new Disjointness(this);

  SchemaDocument(JsonNode root, CompileBudget budget) {
    this.root = root;
    this.budget = budget;
  }

  Located root() {
    return new Located(root, "#");
  }

  /**
   * A schema that is still to be gathered, and the ones that led to it without a value in between.
   */
  private record Pending(Located located, @Nullable Pending parent) {
    boolean isCircular() {
      for (Pending above = parent; above != null; above = above.parent) {
        if (above.located.equals(located)) {
          return true;
        }
      }
      return false;
    }
  }

  /**
   * The ways to satisfy all of some schemas: each is a list of schemas without combining keywords,
   * all of which hold. None means that no value satisfies them.
   */
  List<Conjunction> expand(List<Located> schemas) {
    List<Conjunction> ways = new ArrayList<>();
    List<Pending> pending = new ArrayList<>();
    schemas.forEach(schema -> pending.add(new Pending(schema, null)));
    expand(pending, new ArrayList<>(), ways);
    return ways;
  }

  private void expand(List<Pending> pending, List<Located> done, List<Conjunction> ways) {
    List<Pending> work = new ArrayList<>(pending);
    List<Located> parts = new ArrayList<>(done);
    while (!work.isEmpty()) {
      Pending next = work.removeFirst();
      Located located = next.located();
      budget.at(located.path());
      budget.spend(1);
      if (located.schema().isBoolean()) {
        if (!located.schema().booleanValue()) {
          return;
        }
        continue;
      }
      if (next.isCircular()) {
        throw new SchemaException(
            located.path(), "$ref refers to itself without a property or an item in between");
      }
      Keywords.requireSupported(located);
      if (!parts.contains(located)) {
        parts.add(located);
      }
      if (parts.size() > MAX_PARTS) {
        throw new SchemaException(
            located.path(), "more than %d schemas apply at once".formatted(MAX_PARTS));
      }
      addConjoined(next, work);
      List<Located> alternatives = alternatives(located);
      if (!alternatives.isEmpty()) {
        for (Located alternative : alternatives) {
          List<Pending> branch = new ArrayList<>(work);
          branch.addFirst(new Pending(alternative, next));
          expand(branch, parts, ways);
        }
        return;
      }
    }
    if (ways.size() == MAX_ALTERNATIVES) {
      throw new SchemaException(
          parts.isEmpty() ? "#" : parts.getFirst().path(),
          "anyOf and oneOf have more than %d combinations".formatted(MAX_ALTERNATIVES));
    }
    ways.add(new Conjunction(parts));
  }

  private void addConjoined(Pending pending, List<Pending> work) {
    Located located = pending.located();
    if (located.has("$ref")) {
      work.add(new Pending(resolve(located), pending));
    }
    for (int i = 0; i < located.schema().path("allOf").size(); i++) {
      work.add(new Pending(located.at("allOf", i), pending));
    }
  }

  /** The schemas of {@code anyOf} or {@code oneOf}, one of which must hold; none if neither. */
  private List<Located> alternatives(Located located) {
    if (located.has("anyOf") && located.has("oneOf")) {
      throw new SchemaException(located.path(), "the keyword oneOf beside anyOf is not supported");
    }
    String keyword = located.has("oneOf") ? "oneOf" : "anyOf";
    List<Located> alternatives = new ArrayList<>();
    for (int i = 0; i < located.schema().path(keyword).size(); i++) {
      alternatives.add(located.at(keyword, i));
    }
    if (keyword.equals("oneOf")) {
      disjointness.require(located.path(), alternatives);
    }
    return alternatives;
  }

  private Located resolve(Located located) {
    String reference = located.schema().path("$ref").asText();
    if (!reference.startsWith("#")) {
      throw new SchemaException(
          located.path(), "$ref must point into the schema, #/$defs/…, not " + shown(reference));
    }
    try {
      String pointer = URLDecoder.decode(reference.replace("+", "%2B"), StandardCharsets.UTF_8);
      JsonNode target = root.at(JsonPointer.compile(pointer.substring(1)));
      if (target.isObject() || target.isBoolean()) {
        return new Located(target, pointer);
      }
    } catch (IllegalArgumentException e) {
      // no pointer at all: as one that points nowhere
    }
    throw new SchemaException(located.path(), "$ref points to no schema: " + shown(reference));
  }

  private static String shown(String reference) {
    return reference.length() <= 64 ? reference : reference.substring(0, 64) + "…";
  }
}
