package dev.whit.fuzz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ContainerNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Damages values and members of JSON that stays JSON, mostly: what a parser lets through. */
final class JsonMutator implements Mutator {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_STEPS = 3;
  private static final int MAX_CHILDREN = 10;

  /** Marks a member that is to be written under a name that is taken. */
  private static final String TWICE = "@twice@";

  private static final List<String> VALUES =
      List.of(
          "null",
          "true",
          "0",
          "-1",
          "1",
          "2",
          "3",
          "0.5",
          "-0.0",
          "1e18",
          "1e308",
          "1e999",
          "-1e999",
          "1e-320",
          "2147483647",
          "2147483648",
          "-2147483648",
          "4294967296",
          "9007199254740993",
          "9223372036854775807",
          "18446744073709551616",
          "9".repeat(400),
          "9".repeat(2000),
          "NaN",
          "Infinity",
          "\"\"",
          "\"x\"",
          "\"7\"",
          "\"\\u0000\"",
          "\"\\ud800\"",
          "\"../../etc/passwd\"",
          "\"" + "x".repeat(100_000) + "\"",
          "[]",
          "{}",
          "[[]]",
          "[null]",
          "[1,-1]",
          "{\"content\":{}}",
          "[".repeat(60) + "]".repeat(60),
          "[".repeat(2000) + "]".repeat(2000),
          "[1" + ",1".repeat(5000) + "]");

  @Override
  public byte[] mutate(byte[] original, Random random) {
    try {
      return mutate(JSON.readTree(original), random).getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("a file to begin with must be JSON", e);
    }
  }

  private static String mutate(JsonNode root, Random random) throws JsonProcessingException {
    for (int steps = 1 + random.nextInt(MAX_STEPS); steps > 0; steps--) {
      List<ContainerNode<?>> containers = new ArrayList<>();
      collect(root, containers);
      if (containers.isEmpty()) {
        return VALUES.get(random.nextInt(VALUES.size()));
      }
      switch (containers.get(random.nextInt(containers.size()))) {
        case ObjectNode object -> step(object, random);
        case ArrayNode array -> step(array, random);
        default -> throw new IllegalStateException("a container that is neither");
      }
    }
    return JSON.writeValueAsString(root).replace(TWICE, "");
  }

  /** All containers but most of long lists: merges must not crowd out what surrounds them. */
  private static void collect(JsonNode node, List<ContainerNode<?>> found) {
    if (node instanceof ContainerNode<?> container && !container.isEmpty()) {
      found.add(container);
      int visited = 0;
      for (JsonNode child : container) {
        if (visited++ < MAX_CHILDREN) {
          collect(child, found);
        }
      }
    }
  }

  private static void step(ObjectNode object, Random random) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    String name = names.get(random.nextInt(names.size()));
    JsonNode value = object.get(name);
    switch (random.nextInt(8)) {
      case 0 -> object.remove(name);
      case 1 -> {
        object.remove(name);
        object.set(name + "x", value);
      }
      case 2 -> object.set(TWICE + name, value);
      case 3 -> object.set(name, object.get(names.get(random.nextInt(names.size()))));
      case 4 -> object.putRawValue(name, nearby(value, random));
      default -> object.putRawValue(name, any(random));
    }
  }

  private static void step(ArrayNode array, Random random) {
    int index = random.nextInt(array.size());
    switch (random.nextInt(5)) {
      case 0 -> array.remove(index);
      case 1 -> array.add(array.get(index));
      case 2 -> array.setRawValue(index, nearby(array.get(index), random));
      default -> array.setRawValue(index, any(random));
    }
  }

  private static RawValue any(Random random) {
    return new RawValue(VALUES.get(random.nextInt(VALUES.size())));
  }

  /** A number not far from a number, in place of something else anything. */
  private static RawValue nearby(JsonNode value, Random random) {
    if (!value.isIntegralNumber()) {
      return any(random);
    }
    long number = value.longValue();
    long[] nearby = {number + 1, number - 1, -number, number * 2, number / 2, number << 20};
    return new RawValue(Long.toString(nearby[random.nextInt(nearby.length)]));
  }
}
