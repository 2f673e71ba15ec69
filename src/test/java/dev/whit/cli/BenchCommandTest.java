package dev.whit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code whit synth} and {@code whit bench}, as they are called. */
class BenchCommandTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 2,
       "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 300,
       "max_position_embeddings": 128, "rms_norm_eps": 1e-5, "tie_word_embeddings": true}
      """;

  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path config;
  private Path model;

  @BeforeEach
  void writeConfig() throws IOException {
    config = Files.writeString(directory.resolve("config.json"), CONFIG);
    model = directory.resolve("model");
  }

  @Test
  void synthSaysWhatItWrote() {
    assertThat(synth("--method", "littlebit", "--bits", "1")).isZero();
    assertThat(out.toString())
        .startsWith(model + ": llama, littlebit, ")
        .contains(" bits per weight, ");
    assertThat(err.toString()).contains("100 %");
  }

  @Test
  void synthNeedsBitsUnlessDense() {
    assertThat(synth("--method", "nanoquant")).isEqualTo(2);
    assertThat(err.toString()).contains("--method nanoquant needs --bits");
    assertThat(synth("--method", "dense", "--bits", "1")).isEqualTo(2);
    assertThat(err.toString()).contains("--bits: --method dense has 16");
    assertThat(synth("--method", "dense")).isZero();
  }

  @Test
  void synthSaysWhatIsWrongWithAShape() throws IOException {
    Files.writeString(config, "{");
    assertThat(synth("--method", "dense")).isEqualTo(3);
    assertThat(err.toString()).contains(config + ": is not valid JSON: ");

    Files.writeString(config, "{}");
    assertThat(synth("--method", "dense")).isEqualTo(3);
    assertThat(err.toString()).contains(config + ": model_type");
  }

  @Test
  void synthSaysWhatStandsInItsWay() throws IOException {
    Files.createSymbolicLink(model, directory.resolve("nowhere"));

    assertThat(synth("--method", "dense")).isEqualTo(1);
    assertThat(err.toString()).contains(model + " is there already");
  }

  @Test
  void synthRefusesBitsOutOfRange() {
    assertThat(synth("--method", "nanoquant", "--bits", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--bits is 0.0, must be above 0, at most 16");
  }

  @Test
  void synthNamesTheShapesThereAre() {
    assertThat(run("synth", "--shape", "nonsense", "--method", "dense", model.toString()))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--shape nonsense: neither a file nor one of llama2-7b, ");
  }

  @Test
  void synthLeavesWhatIsThereAlone() {
    assertThat(run("synth", "--shape", "llama2-7b", "--method", "dense", directory.toString()))
        .isEqualTo(1);
    assertThat(err.toString()).contains(directory + " is not empty");
  }

  @Test
  void benchPrintsATable() {
    assertThat(synth("--method", "littlebit", "--bits", "1")).isZero();

    assertThat(bench()).isZero();
    assertThat(out.toString()).contains("bits per weight").contains("Gweights/s").contains("pp20");
    assertThat(err.toString()).contains("1 thread, ");
  }

  @Test
  void benchPrintsJson() throws IOException {
    assertThat(synth("--method", "dense")).isZero();
    out.getBuffer().setLength(0);

    assertThat(bench("--json")).isZero();
    JsonNode report = new ObjectMapper().readTree(out.toString());
    assertThat(report.at("/model/format").textValue()).isEqualTo("dense");
    JsonNode decode = report.at("/runs/0/measurements/1");
    assertThat(decode.path("test").textValue()).isEqualTo("tg4");
    assertThat(decode.at("/tokens_per_second/median").doubleValue()).isPositive();
    assertThat(decode.path("share_of_read").doubleValue()).isPositive();
  }

  @Test
  void benchPrintsCsv() {
    assertThat(synth("--method", "dense")).isZero();
    out.getBuffer().setLength(0);

    assertThat(bench("--csv")).isZero();
    String[] lines = out.toString().split("\\R");
    assertThat(lines).hasSize(3);
    assertThat(lines[0]).startsWith("test,threads,batch,tokens_per_second,");
    assertThat(lines[1]).startsWith("pp20,1,1,").matches("[^,]*(,[^,]*){11}");
    assertThat(lines[2]).startsWith("tg4,1,2,");
  }

  @Test
  void benchRefusesMoreTokensThanTheModelIsMadeFor() {
    assertThat(synth("--method", "dense")).isZero();

    assertThat(run("bench", model.toString(), "--prompt", "129")).isEqualTo(2);
    assertThat(err.toString()).contains("129 tokens, the model was made for 128");
  }

  @Test
  void benchRefusesNumbersThatMakeNoSense() {
    assertThat(run("bench", model.toString(), "--threads", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--threads must be from 1 to 1024, is 0");
    assertThat(run("bench", model.toString(), "--json", "--csv")).isEqualTo(2);
  }

  @Test
  void benchRefusesWhatIsNoModel() {
    assertThat(run("bench", directory.toString())).isEqualTo(3);
  }

  private int synth(String... options) {
    return run(
        concat(new String[] {"synth", "--shape", config.toString(), model.toString()}, options));
  }

  private int bench(String... options) {
    return run(
        concat(
            new String[] {
              "bench",
              model.toString(),
              "--threads=1",
              "--prompt=20",
              "--batch=2",
              "--generate=4",
              "--repetitions=1",
              "--warm-up=0"
            },
            options));
  }

  private static String[] concat(String[] first, String[] second) {
    return java.util.stream.Stream.of(first, second)
        .flatMap(java.util.Arrays::stream)
        .toArray(String[]::new);
  }

  private int run(String... arguments) {
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }
}
