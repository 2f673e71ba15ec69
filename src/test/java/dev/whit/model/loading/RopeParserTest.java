package dev.whit.model.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.model.RopeConfig;
import dev.whit.model.RopeScaling;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RopeParserTest {
  @TempDir Path directory;

  @Test
  void bothSpellingsMeanTheSame() {
    RopeConfig expected = new RopeConfig(500, 16, 128, new RopeScaling.Linear(4));
    assertThat(parse("'rope_theta': 500, 'rope_scaling': {'type': 'linear', 'factor': 4.0}"))
        .isEqualTo(expected);
    assertThat(parse("'rope_parameters': {'rope_theta': 500, 'rope_type': 'linear', 'factor': 4}"))
        .isEqualTo(expected);
  }

  @Test
  void nothingIsTheDefault() {
    RopeConfig expected = new RopeConfig(10000, 16, 128, new RopeScaling.Default());
    assertThat(parse("")).isEqualTo(expected);
    assertThat(parse("'rope_scaling': null")).isEqualTo(expected);
    assertThat(parse("'rope_parameters': {'rope_type': 'default'}")).isEqualTo(expected);
  }

  @Test
  void partOfAHeadMayRotate() {
    assertThat(parse("'partial_rotary_factor': 0.75").rotaryDim()).isEqualTo(12);
    assertThat(parse("'rope_parameters': {'partial_rotary_factor': 0.5}").rotaryDim()).isEqualTo(8);
  }

  @Test
  void llama3() {
    assertThat(
            scaling(
                "'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 1, 'high_freq_factor': 4,"
                    + " 'original_max_position_embeddings': 32"))
        .isEqualTo(new RopeScaling.Llama3(8, 1, 4, 32));
  }

  @Test
  void yarnsAttentionFactorIsGivenOrAMscaleRatioOrDerived() {
    assertThat(yarn("'attention_factor': 1.5").attentionFactor()).isEqualTo(1.5);
    assertThat(yarn("'mscale': 1, 'mscale_all_dim': 0.5").attentionFactor())
        .isEqualTo((0.1 * Math.log(4) + 1) / (0.05 * Math.log(4) + 1));
    assertThat(yarn("'mscale': 2").attentionFactor()).isEqualTo(0.1 * Math.log(4) + 1);
    assertThat(yarn("'beta_fast': 32"))
        .isEqualTo(new RopeScaling.Yarn(4, 32, 1, 128, true, 0.1 * Math.log(4) + 1));
    assertThat(yarn("'truncate': false, 'original_max_position_embeddings': 64"))
        .isEqualTo(new RopeScaling.Yarn(4, 32, 1, 64, false, 0.1 * Math.log(4) + 1));
  }

  @Test
  void longropeIsAlsoCalledSuAndWithItsFactorsYarn() {
    String factors = "'short_factor': [1,1,1,1,1,1,1,1], 'long_factor': [2,2,2,2,2,2,2,2]";
    for (String type : new String[] {"longrope", "su", "yarn"}) {
      RopeConfig rope =
          parse(
              "'original_max_position_embeddings': 32, 'rope_scaling': {'type': '%s', %s}"
                  .formatted(type, factors));
      RopeScaling.LongRope scaling = (RopeScaling.LongRope) rope.scaling();
      assertThat(scaling.originalPositions()).isEqualTo(32);
      assertThat(scaling.longFactors()).hasSize(8).containsOnly(2);
      assertThat(scaling.attentionFactor()).isEqualTo(Math.sqrt(1 + Math.log(4) / Math.log(32)));
    }
  }

  @Test
  void refusesUnknownTypesAndKeysByName() {
    assertRefused("'rope_type': 'ntk'", "rope_scaling.rope_type is \"ntk\": not supported");
    assertRefused(
        "'rope_type': 'default', 'mrope_section': [1]", "rope_scaling.mrope_section is [1]");
    assertRefused("'factor': 2", "rope_scaling.rope_type is missing beside a factor");
  }

  @Test
  void refusesNumbersThatCannotBe() {
    assertRefused("'rope_type': 'linear'", "rope_scaling.factor is missing");
    assertRefused("'rope_type': 'linear', 'factor': 0", "rope_scaling.factor is 0");
    assertRefused("'rope_type': 'linear', 'factor': Infinity", "rope_scaling.factor is");
    assertRefused(
        "'rope_type': 'llama3', 'factor': 8, 'low_freq_factor': 4, 'high_freq_factor': 4",
        "rope_scaling.high_freq_factor is 4.0: must be above low_freq_factor 4.0");
    assertRefused(
        "'rope_type': 'longrope', 'short_factor': [1]", "short_factor has 1 entries: must be");
    assertRefused(
        "'rope_type': 'longrope', 'short_factor': [1,1,1,0,1,1,1,1]", "short_factor[3] is 0");
    assertThatThrownBy(() -> parse("'rope_theta': -1")).hasMessageContaining("rope_theta is -1");
  }

  private RopeScaling.Yarn yarn(String members) {
    return (RopeScaling.Yarn) scaling("'rope_type': 'yarn', 'factor': 4, " + members);
  }

  private RopeScaling scaling(String members) {
    return parse("'rope_scaling': {" + members + "}").scaling();
  }

  private void assertRefused(String members, String reason) {
    assertThatThrownBy(() -> scaling(members))
        .isInstanceOf(CheckpointException.class)
        .hasMessageContaining(reason);
  }

  private RopeConfig parse(String members) {
    ConfigSection section =
        ConfigFixture.section(directory, "{" + members + "}")
            .withDefaults("{\"rope_theta\": 10000.0}");
    return RopeParser.parse(section, 16, 128);
  }
}
