package dev.whit.tokenizer;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Metadata of a GGUF that there is no file of: values by key. */
record GgufMap(Map<String, Object> values) implements GgufTokenizer.Metadata {
  @Override
  public Optional<String> text(String key) {
    return Optional.ofNullable((String) values.get(key));
  }

  @Override
  public Optional<Boolean> flag(String key) {
    return Optional.ofNullable((Boolean) values.get(key));
  }

  @Override
  public OptionalLong integer(String key) {
    return values.get(key) instanceof Number number
        ? OptionalLong.of(number.longValue())
        : OptionalLong.empty();
  }

  @Override
  public List<String> texts(String key) {
    return values.get(key) instanceof List<?> list
        ? list.stream().map(String.class::cast).toList()
        : List.of();
  }

  @Override
  public int[] integers(String key) {
    return values.get(key) instanceof int[] numbers ? numbers : new int[0];
  }

  @Override
  public float[] floats(String key) {
    return values.get(key) instanceof float[] numbers ? numbers : new float[0];
  }
}
