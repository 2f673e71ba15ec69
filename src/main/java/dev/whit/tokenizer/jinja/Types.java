package dev.whit.tokenizer.jinja;

import dev.whit.tokenizer.jinja.Value.Bool;
import dev.whit.tokenizer.jinja.Value.DictView;
import dev.whit.tokenizer.jinja.Value.Function;
import dev.whit.tokenizer.jinja.Value.Generator;
import dev.whit.tokenizer.jinja.Value.Int;
import dev.whit.tokenizer.jinja.Value.None;
import dev.whit.tokenizer.jinja.Value.Range;
import dev.whit.tokenizer.jinja.Value.Real;
import dev.whit.tokenizer.jinja.Value.Str;
import dev.whit.tokenizer.jinja.Value.Undefined;
import java.util.Locale;

/** What every Python value has: a type with a name, and a truth. */
final class Types {
  private Types() {}

  /** The name of the type, as in Python's messages. */
  static String name(Value value) {
    return switch (value) {
      case Undefined _ -> "Undefined";
      case None _ -> "NoneType";
      case Bool _ -> "bool";
      case Int _ -> "int";
      case Real _ -> "float";
      case Str _ -> "str";
      case Sequence.ListValue _ -> "list";
      case Sequence.Tuple _ -> "tuple";
      case Dict _ -> "dict";
      case DictView view -> "dict_" + view.kind().name().toLowerCase(Locale.ROOT);
      case Range _ -> "range";
      case Generator _ -> "generator";
      case Namespace _ -> "Namespace";
      case Loop _ -> "LoopContext";
      case Function _ -> "function";
    };
  }

  /** Whether {@code if value} holds. */
  static boolean truthy(Value value) {
    return switch (value) {
      case Undefined _, None _ -> false;
      case Bool bool -> bool.value();
      case Int integer -> integer.value().signum() != 0;
      case Real real -> real.value() != 0;
      case Str string -> !string.value().isEmpty();
      case Sequence sequence -> !sequence.items().isEmpty();
      case Dict dict -> !dict.entries().isEmpty();
      case DictView view -> !view.dict().entries().isEmpty();
      case Range range -> range.size() > 0;
      case Generator _, Namespace _, Loop _, Function _ -> true;
    };
  }
}
