package dev.whit.bench.synth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** The shapes of well-known models: what their {@code config.json} says that decides sizes. */
public final class Shapes {
  private static final JsonNode ALL = read();

  private Shapes() {}

  private static JsonNode read() {
    try (InputStream in = Shapes.class.getResourceAsStream("shapes.json")) {
      return new ObjectMapper().readTree(Objects.requireNonNull(in, "shapes.json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Their names. */
  public static List<String> names() {
    return ALL.propertyStream().map(shape -> shape.getKey()).toList();
  }

  /** The configuration of a shape, a copy. */
  public static Optional<ObjectNode> find(String name) {
    return ALL.get(name) instanceof ObjectNode shape
        ? Optional.of(shape.deepCopy())
        : Optional.empty();
  }
}
