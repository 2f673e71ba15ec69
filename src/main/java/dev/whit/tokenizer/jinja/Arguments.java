package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Num;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call. */
record Arguments(List<Value> positional, Map<String, Value> named) {
  /** The same without the first positional arguments. */
  Arguments dropping(int count) {
    return new Arguments(
        positional.subList(Math.min(count, positional.size()), positional.size()), named);
  }

  /**
   * Assigns the arguments to parameters.
   *
   * @throws EvaluationException when there are too many, or one has an unknown name
   */
  Bound bind(String function, String... parameters) {
    if (positional.size() > parameters.length) {
      throw new EvaluationException(
          "%s() takes at most %d arguments (%d given)"
              .formatted(function, parameters.length, positional.size()));
    }
    Map<String, Value> values = new HashMap<>(named);
    for (int i = 0; i < positional.size(); i++) {
      if (values.put(parameters[i], positional.get(i)) != null) {
        throw new EvaluationException(
            function + "() got multiple values for argument '" + parameters[i] + "'");
      }
    }
    for (String name : named.keySet()) {
      if (!Arrays.asList(parameters).contains(name)) {
        throw new EvaluationException(
            function + "() got an unexpected keyword argument '" + name + "'");
      }
    }
    return new Bound(function, values);
  }

  /** Arguments by the name of their parameter, read as what the function needs. */
  record Bound(String function, Map<String, Value> values) {
    /** The argument, or null when it was left out. */
    @Nullable Value get(String parameter) {
      return values.get(parameter);
    }

    /** The argument, or null when it was left out or is None. */
    @Nullable Value present(String parameter) {
      Value value = values.get(parameter);
      return value == None.NONE ? null : value;
    }

    Value required(String parameter) {
      Value value = values.get(parameter);
      if (value == null) {
        throw new EvaluationException(function + "() is missing the argument '" + parameter + "'");
      }
      return value;
    }

    Value or(String parameter, Value otherwise) {
      Value value = values.get(parameter);
      return value == null ? otherwise : value;
    }

    boolean flag(String parameter) {
      Value value = values.get(parameter);
      return value != null && Types.truthy(value);
    }

    String text(String parameter) {
      return string(required(parameter));
    }

    String text(String parameter, String otherwise) {
      Value value = values.get(parameter);
      return value == null ? otherwise : string(value);
    }

    /** The string, or null when it was left out or is None. */
    @Nullable String optionalText(String parameter) {
      Value value = present(parameter);
      return value == null ? null : string(value);
    }

    /** An integer, clamped to what an int holds. */
    int integer(String parameter, int otherwise) {
      Value value = values.get(parameter);
      return value == null ? otherwise : integer(value);
    }

    int integer(String parameter) {
      return integer(required(parameter));
    }

    private int integer(Value value) {
      if (value instanceof Num number && !(number instanceof Real)) {
        BigInteger exact = Arithmetic.integer(number);
        return exact.bitLength() < 32
            ? exact.intValue()
            : exact.signum() < 0 ? Integer.MIN_VALUE : Integer.MAX_VALUE;
      }
      throw new EvaluationException(
          function + "(): '" + Types.name(value) + "' object cannot be interpreted as an integer");
    }

    private String string(Value value) {
      if (value instanceof Str(String text)) {
        return text;
      }
      throw new EvaluationException(
          function + "() needs a string, not '" + Types.name(value) + "'");
    }
  }
}
