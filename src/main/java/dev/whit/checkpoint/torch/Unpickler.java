package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.torch.PickleValue.Callable;
import dev.whit.checkpoint.torch.PickleValue.Dict;
import dev.whit.checkpoint.torch.PickleValue.Int;
import dev.whit.checkpoint.torch.PickleValue.Opaque;
import dev.whit.checkpoint.torch.PickleValue.Text;
import dev.whit.checkpoint.torch.PickleValue.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Interprets a pickle as torch.save writes them (protocols 2 to 4; opcodes as in Python's {@code
 * pickletools}). The pickle machine is a stack of values and a memo; here it can only put together
 * {@link PickleValue}s, and calls nothing but {@link Callable}s.
 */
final class Unpickler {
  /**
   * A tensor takes about 30 operations, so this is some 130,000 tensors. What one operation builds
   * takes less than 100 bytes, so a hostile pickle gets at most 400 MB of heap.
   */
  private static final int MAX_OPERATIONS = 4_000_000;

  private static final int MAX_NAME_LENGTH = 256;
  private static final int MIN_PROTOCOL = 2;
  private static final int MAX_PROTOCOL = 4;

  private final PickleInput in;
  private final PickleStack stack;
  private final TorchObjects objects;
  private final Map<Long, PickleValue> memo = new HashMap<>();
  private long at;

  private Unpickler(PickleInput in) {
    this.in = in;
    this.stack = new PickleStack(this::bad);
    this.objects = new TorchObjects(this::bad);
  }

  /**
   * The value that a pickle builds.
   *
   * @throws CheckpointException when it is malformed, too long, or refers to a name that is not
   *     allowed
   */
  static PickleValue read(PickleInput in) {
    return new Unpickler(in).run();
  }

  private PickleValue run() {
    for (int operations = 0; operations < MAX_OPERATIONS; operations++) {
      at = in.position();
      int opcode = in.u8();
      if (opcode == '.') {
        return stack.pop();
      }
      execute(opcode);
    }
    throw bad("more than " + MAX_OPERATIONS + " operations");
  }

  private void execute(int opcode) {
    switch (opcode) {
      case 0x80 -> requireProtocol(in.u8());
      case 0x95 -> in.skip(Long.BYTES); // FRAME: a hint for buffering
      // Scalars
      case 'N', 0x88, 0x89 -> stack.push(Opaque.SCALAR); // None, True, False
      case 'G' -> skipScalar(Double.BYTES);
      case 'C' -> skipScalar(in.u8());
      case 'B', 'T' -> skipScalar(in.u32());
      case 0x8e -> skipScalar(in.i64());
      case 'K' -> stack.push(new Int(in.u8()));
      case 'M' -> stack.push(new Int(in.u16()));
      case 'J' -> stack.push(new Int(in.i32()));
      case 0x8a -> pushLong(in.u8());
      case 0x8b -> pushLong(in.u32());
      case 'U', 0x8c -> stack.push(new Text(in.utf8(in.u8())));
      case 'X' -> stack.push(new Text(in.utf8(in.u32())));
      case 0x8d -> stack.push(new Text(in.utf8(in.i64())));
      // Containers
      case ')' -> stack.push(new Tuple(List.of()));
      case 0x85 -> stack.push(new Tuple(stack.pop(1)));
      case 0x86 -> stack.push(new Tuple(stack.pop(2)));
      case 0x87 -> stack.push(new Tuple(stack.pop(3)));
      case 't' -> stack.push(new Tuple(stack.popToMark()));
      case ']', 0x8f -> stack.push(Opaque.LIST);
      case 'a' -> append(stack.pop(1));
      case 'e', 0x90 -> append(stack.popToMark());
      case '}' -> stack.push(new Dict());
      case 's' -> setItems(stack.pop(2));
      case 'u' -> setItems(stack.popToMark());
      // Stack and memo
      case '(' -> stack.mark();
      case '0' -> stack.pop();
      case '1' -> stack.popToMark();
      case '2' -> stack.push(stack.peek());
      case 'q' -> memo.put((long) in.u8(), stack.peek());
      case 'r' -> memo.put(in.u32(), stack.peek());
      case 0x94 -> memo.put((long) memo.size(), stack.peek());
      case 'h' -> recall(in.u8());
      case 'j' -> recall(in.u32());
      // Names and calls
      case 'c' -> pushGlobal(in.line(MAX_NAME_LENGTH), in.line(MAX_NAME_LENGTH));
      case 0x93 -> pushStackGlobal(stack.pop(2));
      case 'R', 0x81 -> call(stack.pop(2));
      case 'b' -> setState(stack.pop());
      case 'Q' -> stack.push(objects.storage(stack.pop()));
      default -> throw bad("opcode 0x%02x is not one of torch.save's".formatted(opcode));
    }
  }

  private void requireProtocol(int protocol) {
    if (protocol < MIN_PROTOCOL || protocol > MAX_PROTOCOL) {
      throw bad("protocol %d is not 2 to 4".formatted(protocol));
    }
  }

  private void skipScalar(long length) {
    in.skip(length);
    stack.push(Opaque.SCALAR);
  }

  /** Longer integers than 64 bits measure no tensor. */
  private void pushLong(long length) {
    if (length > Long.BYTES) {
      skipScalar(length);
    } else {
      stack.push(new Int(in.integer((int) length)));
    }
  }

  /** Keeps nothing of the items: tensors without a name are of no use. */
  private void append(List<PickleValue> items) {
    if (stack.peek() != Opaque.LIST) {
      throw bad("%d items appended to what is no list".formatted(items.size()));
    }
  }

  private void setItems(List<PickleValue> keysAndValues) {
    if (!(stack.peek() instanceof Dict dict) || keysAndValues.size() % 2 != 0) {
      throw bad("no dict to set items of, or a key without a value");
    }
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      if (keysAndValues.get(i) instanceof Text(String key)
          && dict.items().put(key, keysAndValues.get(i + 1)) != null) {
        throw bad("key " + key + " is there twice");
      }
    }
  }

  /** State dicts carry their {@code _metadata} as the state of the OrderedDict: not needed. */
  private void setState(PickleValue state) {
    if (!(stack.peek() instanceof Dict) || !(state instanceof Dict)) {
      throw bad("only an OrderedDict may have a state");
    }
  }

  private void recall(long index) {
    PickleValue value = memo.get(index);
    if (value == null) {
      throw bad("nothing was memorised as " + index);
    }
    stack.push(value);
  }

  private void pushGlobal(String module, String name) {
    String qualified = module + "." + name;
    stack.push(
        AllowedGlobals.find(qualified)
            .orElseThrow(() -> bad("refers to " + qualified + ", which is not allowed")));
  }

  private void pushStackGlobal(List<PickleValue> names) {
    if (!(names.get(0) instanceof Text(String module))
        || !(names.get(1) instanceof Text(String name))) {
      throw bad("a global's name is no string");
    }
    pushGlobal(module, name);
  }

  private void call(List<PickleValue> callableAndArguments) {
    if (!(callableAndArguments.get(0) instanceof Callable callable)
        || !(callableAndArguments.get(1) instanceof Tuple(List<PickleValue> arguments))) {
      throw bad("calls what is no function");
    }
    stack.push(objects.call(callable, arguments));
  }

  private CheckpointException bad(String reason) {
    return in.bad(at, reason);
  }
}
