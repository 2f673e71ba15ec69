package dev.whit.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.hub.HubRepo;
import dev.whit.model.loading.HeadType;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelSpecTest {
  private static final ModelSpec PACKED =
      new ModelSpec(
          "a",
          Path.of("/x.pt"),
          Optional.of(Path.of("/base")),
          OptionalInt.of(512),
          Optional.of(HeadType.INT8));
  private static final ModelSpec PLAIN =
      new ModelSpec("b", Path.of("/y=z"), Optional.empty(), OptionalInt.empty(), Optional.empty());

  @Test
  void readsEntriesWithTheirOptions() {
    assertThat(ModelSpec.parseAll(List.of("a=/x.pt,base=/base,ctx=512,head=int8", "b=/y=z")))
        .containsExactly(PACKED, PLAIN);
  }

  @Test
  void joinsEntriesThatWereCutAtTheirCommas() {
    assertThat(
            ModelSpec.parseAll(List.of("a=/x.pt", "base=/base", "ctx=512", "head=int8", "b=/y=z")))
        .containsExactly(PACKED, PLAIN);
  }

  @Test
  void leavesOtherCommasInPaths() {
    assertThat(ModelSpec.parseAll(List.of("a=/x,y")))
        .extracting(ModelSpec::target)
        .containsExactly(Path.of("/x,y"));
  }

  @Test
  void targetsAndBasesMayBeOnTheHub() {
    ModelSpec spec =
        ModelSpec.parseAll(List.of("a=hf:org/name/x.pt@v1,base=hf:org/base")).getFirst();
    assertThat(ModelSpec.onHub(spec.target()))
        .contains(new HubRepo("org/name", Optional.of("x.pt"), "v1"));
    assertThat(spec.base().flatMap(ModelSpec::onHub))
        .contains(new HubRepo("org/base", Optional.empty(), "main"));
    assertThat(ModelSpec.onHub(Path.of("/hf:org/name"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | expected NAME=TARGET",
        "=/x | expected NAME=TARGET",
        "x= | expected NAME=TARGET",
        "a b=/x | letters, digits",
        "base=/x | begins with an option",
        "x=/x,ctx=0 | ctx must be a positive number of tokens, not 0",
        "x=/x,ctx=many | not many",
        "x=/x,head=q8 | head must be stored or int8, not q8",
        "x=/x,device=cuda | device= is not in this version",
        "x=/y,foo=1 | no option foo=, there are base= and ctx=",
        "x=hf:name | model x: name: expected ORG/NAME",
        "x=/y,base=hf:../etc | expected ORG/NAME"
      })
  void refuses(String entry, String reason) {
    assertThatThrownBy(() -> ModelSpec.parseAll(List.of(entry)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void refusesTwoOfOneName() {
    assertThatThrownBy(() -> ModelSpec.parseAll(List.of("x=/a", "x=/b")))
        .hasMessage("two models are named x");
  }
}
