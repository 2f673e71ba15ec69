package dev.whit.checkpoint.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.InMemoryFile;
import dev.whit.checkpoint.PickleWriter;
import dev.whit.checkpoint.torch.PickleValue.Dict;
import dev.whit.checkpoint.torch.PickleValue.Int;
import dev.whit.checkpoint.torch.PickleValue.Opaque;
import dev.whit.checkpoint.torch.PickleValue.Text;
import dev.whit.checkpoint.torch.PickleValue.Tuple;
import dev.whit.checkpoint.torch.PickleValue.View;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The opcodes that are understood, and one test per way a pickle can be bad. */
class UnpicklerTest {
  private static PickleWriter pickle() {
    return new PickleWriter().protocol(2);
  }

  private static PickleValue read(byte[] bytes) {
    return Unpickler.read(new PickleInput(InMemoryFile.of(bytes), 0, bytes.length));
  }

  private static PickleValue read(PickleWriter pickle) {
    return read(pickle.toBytes());
  }

  private static CheckpointException refusal(PickleWriter pickle) {
    return refusal(pickle.toBytes());
  }

  private static CheckpointException refusal(byte[] bytes) {
    return assertThatExceptionOfType(CheckpointException.class)
        .isThrownBy(() -> read(bytes))
        .actual();
  }

  @Test
  void readsIntegersOfEveryWidth() {
    PickleWriter pickle = pickle().mark();
    pickle.raw('K', 200).raw('M', 0, 0x80).raw('J', 0xff, 0xff, 0xff, 0xff);
    pickle.raw(0x8a, 0).raw(0x8a, 1, 0x80).raw(0x8a, 2, 0, 0x80).raw(0x8b).u32(3).raw(1, 0, 0);
    pickle.integer(Long.MIN_VALUE).tuple();

    assertThat(((Tuple) read(pickle)).items())
        .extracting(value -> ((Int) value).value())
        .containsExactly(200L, 0x8000L, -1L, 0L, -128L, -32768L, 1L, Long.MIN_VALUE);
  }

  @Test
  void readsTextOfEveryWidth() {
    PickleWriter pickle = pickle().mark().text("é").raw(0x8c, 1, 'a').raw('U', 1, 'b');
    pickle.raw(0x8d).i64(1).raw('c').tuple();

    assertThat(((Tuple) read(pickle)).items())
        .containsExactly(new Text("é"), new Text("a"), new Text("b"), new Text("c"));
  }

  @Test
  void passesOverWhatNoTensorDependsOn() {
    PickleWriter pickle = pickle().raw(0x95).i64(1).mark();
    pickle.raw('N', 0x88, 0x89).raw('G', 0, 0, 0, 0, 0, 0, 0, 0).raw('C', 2, 1, 2);
    pickle.raw('B').u32(1).raw(7).raw('T').u32(1).raw(7).raw(0x8e).i64(1).raw(7);
    pickle.raw(0x8a, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9).tuple();

    assertThat(((Tuple) read(pickle)).items()).hasSize(9).containsOnly(Opaque.SCALAR);
  }

  @Test
  void readsTuplesOfEveryLength() {
    PickleWriter pickle = pickle().mark().raw(')').raw('K', 1, 0x85).raw('K', 1, 'K', 2, 0x86);
    pickle.raw('K', 1, 'K', 2, 'K', 3, 0x87).mark().tuple().tuple();

    assertThat(((Tuple) read(pickle)).items())
        .extracting(value -> ((Tuple) value).items().size())
        .containsExactly(0, 1, 2, 3, 0);
  }

  @Test
  void emptiesListsAndSets() {
    PickleWriter pickle = pickle().raw(']', 'N', 'a').mark().raw('N', 'N', 'e').raw('0', 0x8f);
    pickle.mark().raw('N', 0x90);

    assertThat(read(pickle)).isEqualTo(Opaque.LIST);
  }

  @Test
  void keepsTheStringKeysOfADict() {
    PickleWriter pickle = pickle().raw('}').text("a").raw('K', 1, 's').mark();
    pickle.text("b").raw('K', 2).raw('K', 7, 'K', 3).setItems();

    assertThat(((Dict) read(pickle)).items())
        .containsExactly(Map.entry("a", new Int(1)), Map.entry("b", new Int(2)));
  }

  @Test
  void remembersByIndexOrInTurn() {
    PickleWriter pickle = pickle().mark().raw('K', 1, 0x94).raw('K', 2, 'q', 200).raw('K', 3, 'r');
    pickle.u32(1 << 20).raw('h', 0).raw('h', 200).raw('j').u32(1 << 20).raw('2').tuple();

    assertThat(((Tuple) read(pickle)).items())
        .extracting(value -> ((Int) value).value())
        .containsExactly(1L, 2L, 3L, 1L, 2L, 3L, 3L);
  }

  @Test
  void readsAStateDictWithItsMetadata() {
    PickleWriter pickle = pickle().emptyOrderedDict().mark();
    pickle.text("w").tensor("HalfStorage", "3", 2, 4).setItems();
    pickle.raw('}').text("_metadata").emptyOrderedDict().raw('s', 'b');

    PickleValue value = ((Dict) read(pickle)).items().get("w");

    if (!(value instanceof View view)) {
      throw new AssertionError(value);
    }
    assertThat(view.storage().key()).isEqualTo("3");
    assertThat(view.storage().elements()).isEqualTo(8);
    assertThat(view.shape()).containsExactly(2, 4);
    assertThat(view.strides()).containsExactly(4, 1);
  }

  @Test
  void takesAParameterForItsTensor() {
    PickleWriter pickle = pickle().global("torch._utils", "_rebuild_parameter").mark();
    pickle.tensor("FloatStorage", "0", 2).raw(0x88).emptyOrderedDict().tuple().reduce();

    assertThat(read(pickle)).isInstanceOf(View.class);
  }

  private static PickleWriter withAttributes(String module, String type) {
    PickleWriter pickle = pickle().global("torch._tensor", "_rebuild_from_type_v2").mark();
    pickle.global("torch._utils", "_rebuild_tensor_v2").global(module, type).mark();
    pickle.storage("FloatStorage", "0", 2).integer(0).integers(2).integers(1).raw(0x89);
    pickle.emptyOrderedDict().tuple().raw('}').text("_dynamo_propagated_dynamic_indices");
    pickle.global("__builtin__", "set").raw(']').mark().raw('K', 0, 'K', 1, 'e', 0x85).reduce();
    return pickle.raw('s').tuple().reduce();
  }

  @Test
  void dropsTheAttributesOfATensor() {
    assertThat(read(withAttributes("torch", "Tensor"))).isInstanceOf(View.class);
  }

  @Test
  void refusesATensorOfAnotherType() {
    assertThat(refusal(withAttributes("torch", "Size")).reason())
        .contains("unexpected arguments of _rebuild_from_type_v2");
  }

  @Test
  void takesASizeForItsTuple() {
    assertThat(read(pickle().global("torch", "Size").integers(2, 3).raw(0x85).reduce()))
        .isEqualTo(new Tuple(List.of(new Int(2), new Int(3))));
  }

  @Test
  void acceptsDtypeNames() {
    assertThat(read(pickle().global("torch", "bfloat16"))).isEqualTo(Opaque.SCALAR);
  }

  @ParameterizedTest
  @CsvSource({
    "os, system",
    "posix, system",
    "nt, system",
    "builtins, eval",
    "__builtin__, exec",
    "builtins, getattr",
    "subprocess, Popen",
    "torch, load",
    "torch._utils, _rebuild_tensor",
    "torch._utils, _rebuild_tensor_v2.__globals__",
    "torch, _utils._rebuild_tensor_v2.__globals__",
    "numpy.core.multiarray, _reconstruct",
    "_codecs, encode",
    "collections, OrderedDict.fromkeys",
    "transformers.models.llama.modeling_llama, LlamaForCausalLM",
    "dev.whit.checkpoint, CheckpointReader",
    "java.lang, Runtime"
  })
  void refusesADisallowedGlobalByName(String module, String name) {
    PickleWriter attack = pickle().raw('N', '0').global(module, name).text("id").raw(0x85).reduce();
    PickleWriter stacked = pickle().text(module).text(name).raw(0x93);

    CheckpointException refusal = refusal(attack);

    assertThat(refusal.reason())
        .isEqualTo("pickle: refers to " + module + "." + name + ", which is not allowed");
    assertThat(refusal.offset()).isEqualTo(4);
    assertThat(refusal(stacked).reason()).isEqualTo(refusal.reason());
  }

  @Test
  void refusesAnEndlessName() {
    byte[] bytes = new byte[100_000];
    Arrays.fill(bytes, (byte) 'a');
    bytes[0] = 'c';

    assertThat(refusal(bytes).reason()).isEqualTo("name longer than 256");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        'i', 'o', 'P', 'S', 'V', 'I', 'L', 'F', 'd', 'l', 'g', 'p', 0x82, 0x92, 0x96, 0, 0xff
      })
  void refusesAnOpcodeThatTorchDoesNotWrite(int opcode) {
    CheckpointException refusal = refusal(pickle().raw(opcode));

    assertThat(refusal.reason()).contains("opcode 0x%02x".formatted(opcode));
    assertThat(refusal.offset()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 255})
  void refusesAnotherProtocol(int protocol) {
    assertThat(refusal(new PickleWriter().protocol(protocol)).reason())
        .isEqualTo("pickle: protocol %d is not 2 to 4".formatted(protocol));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {'.', '0', '2', '1', 't', 0x85, 0x86, 0x87, 'a', 'e', 's', 'u', 'R', 'b', 'Q', 0x93})
  void refusesToPopAnEmptyStack(int opcode) {
    assertThat(refusal(pickle().raw(opcode)).reason()).containsAnyOf("stack is empty", "no mark");
  }

  @Test
  void refusesToPopBelowAMark() {
    assertThat(refusal(pickle().raw('N').mark().raw('0')).reason()).contains("stack is empty");
  }

  @ParameterizedTest
  @ValueSource(ints = {'a', 'e'})
  void refusesToAppendToWhatIsNoList(int opcode) {
    assertThat(
            refusal(
                    pickle()
                        .raw('N')
                        .mark()
                        .raw('1', 'N')
                        .raw(opcode == 'e' ? '(' : 'N')
                        .raw(opcode))
                .reason())
        .contains("no list");
  }

  @Test
  void refusesItemsOfWhatIsNoDict() {
    assertThat(refusal(pickle().raw('N').text("a").raw('N', 's')).reason()).contains("no dict");
  }

  @Test
  void refusesAKeyWithoutAValue() {
    assertThat(refusal(pickle().raw('}').mark().text("a").setItems()).reason())
        .contains("key without a value");
  }

  @Test
  void refusesADuplicateKey() {
    PickleWriter pickle = pickle().raw('}').text("a").raw('N', 's').text("a").raw('N', 's');

    assertThat(refusal(pickle).reason()).isEqualTo("pickle: key a is there twice");
  }

  @Test
  void refusesStateOfAnythingButAnOrderedDict() {
    PickleWriter pickle = pickle().tensor("FloatStorage", "0", 1).raw('}', 'b');

    assertThat(refusal(pickle).reason()).contains("may have a state");
    assertThat(refusal(pickle().raw('}', 'N', 'b')).reason()).contains("may have a state");
  }

  @Test
  void refusesToRecallWhatWasNeverRemembered() {
    assertThat(refusal(pickle().raw('j').u32(0xffff_ffffL)).reason())
        .isEqualTo("pickle: nothing was memorised as 4294967295");
  }

  @Test
  void refusesToCallWhatIsNoFunction() {
    assertThat(refusal(pickle().text("os.system").raw(')').reduce()).reason())
        .isEqualTo("pickle: calls what is no function");
    assertThat(refusal(pickle().global("torch", "Size").raw('N').reduce()).reason())
        .isEqualTo("pickle: calls what is no function");
  }

  @ParameterizedTest
  @CsvSource({
    "collections, OrderedDict",
    "torch, Size",
    "torch._utils, _rebuild_tensor_v2",
    "torch._utils, _rebuild_parameter"
  })
  void refusesUnexpectedArguments(String module, String name) {
    assertThat(refusal(pickle().global(module, name).raw('N', 'N', 0x86).reduce()).reason())
        .containsAnyOf("unexpected arguments", "_rebuild_tensor_v2 needs");
  }

  @Test
  void refusesLazilyNegatedViews() {
    PickleWriter pickle = pickle().global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle.storage("FloatStorage", "0", 1).integer(0).integers(1).integers(1).raw(0x89);
    pickle.emptyOrderedDict().raw('}').text("neg").raw(0x88, 's').tuple().reduce();

    assertThat(refusal(pickle).reason()).contains("_rebuild_tensor_v2 needs");
  }

  @Test
  void refusesNegativeExtentsStridesAndOffsets() {
    long[] one = {1};
    long[] negative = {-1};

    assertThat(refusal(pickle().tensor("FloatStorage", "0", 1, 0, negative, one)).reason())
        .contains("non-negative");
    assertThat(refusal(pickle().tensor("FloatStorage", "0", 1, 0, one, negative)).reason())
        .contains("non-negative");
    assertThat(refusal(pickle().tensor("FloatStorage", "0", 1, -1, one, one)).reason())
        .contains("non-negative offset");
    assertThat(refusal(pickle().tensor("FloatStorage", "0", -1, 0, one, one)).reason())
        .contains("non-negative size");
  }

  @Test
  void refusesShapesOfOtherThanIntegers() {
    PickleWriter pickle = pickle().global("torch._utils", "_rebuild_tensor_v2").mark();
    pickle.storage("FloatStorage", "0", 1).integer(0).text("a").raw(0x85).integers(1).raw(0x89);

    assertThat(refusal(pickle.emptyOrderedDict().tuple().reduce()).reason())
        .contains("non-negative integers");
  }

  @Test
  void refusesSizeAndStrideOfDifferentLengths() {
    assertThat(
            refusal(pickle().tensor("FloatStorage", "0", 1, 0, new long[2], new long[3])).reason())
        .contains("equal length");
  }

  @Test
  void refusesTooManyDimensions() {
    assertThat(
            refusal(pickle().tensor("FloatStorage", "0", 1, 0, new long[9], new long[9])).reason())
        .contains("up to 8");
  }

  @Test
  void refusesAStorageOfAClassWithoutAType() {
    PickleWriter pickle = pickle().mark().text("storage").global("torch.storage", "TypedStorage");
    pickle.text("0").text("cpu").integer(1).tuple().raw('Q');

    assertThat(refusal(pickle).reason()).contains("persistent id is not");
  }

  @Test
  void refusesAnotherPersistentId() {
    assertThat(refusal(pickle().text("storage").raw('Q')).reason())
        .contains("persistent id is not");
    assertThat(refusal(pickle().text("module").raw(0x85, 'Q')).reason())
        .contains("persistent id is not");
  }

  @ParameterizedTest
  @ValueSource(ints = {'X', 'B', 'T', 0x8b})
  void refusesLengthsBeyondThePickle(int opcode) {
    assertThat(refusal(pickle().raw(opcode).u32(0xffff_ffffL)).reason())
        .isEqualTo("pickle: ends before the 4294967295 bytes due here");
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 1L << 32, Long.MAX_VALUE, -1, Long.MIN_VALUE})
  void refusesLengthsOf64BitsBeyondThePickle(long length) {
    String reason = "pickle: ends before the " + Long.toUnsignedString(length) + " bytes due here";

    assertThat(refusal(pickle().raw(0x8d).i64(length)).reason()).isEqualTo(reason);
    assertThat(refusal(pickle().raw(0x8e).i64(length)).reason()).isEqualTo(reason);
  }

  @Test
  void refusesAPickleWithoutAnEnd() {
    assertThat(refusal(new byte[] {(byte) 0x80, 2, 'N'}).reason())
        .isEqualTo("pickle: ends before the 1 bytes due here");
  }

  @Test
  void refusesTextThatIsNotUtf8() {
    assertThat(refusal(pickle().raw(0x8c, 1, 0xff)).reason()).isEqualTo("text is not valid UTF-8");
  }

  @Test
  void refusesTooManyOperations() {
    byte[] bytes = new byte[4_000_002];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (i % 2 == 0 ? 'N' : '0');
    }

    assertThat(refusal(bytes).reason()).isEqualTo("pickle: more than 4000000 operations");
  }

  @Test
  void nestsDeeplyWithoutRecursion() {
    byte[] bytes = new byte[1_000_002];
    Arrays.fill(bytes, (byte) 0x85);
    bytes[0] = ')';
    bytes[bytes.length - 1] = '.';

    assertThat(read(bytes) instanceof Tuple(List<PickleValue> items) && items.size() == 1).isTrue();
  }

  @Test
  void survivesADictThatHoldsItself() {
    PickleWriter pickle = pickle().raw('}', 'q', 0).text("self").raw('h', 0, 's');

    Dict dict = (Dict) read(pickle);

    assertThat(dict.items().get("self")).isSameAs(dict);
  }
}
