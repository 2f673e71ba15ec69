package dev.whit.bench.synth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.DType;
import dev.whit.model.loading.ModelOutline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Writes a model directory of random weights: configuration, tokenizer, one safetensors file. */
public final class ModelSynthesizer {
  private static final double MIB = 1 << 20;

  /** The weights until they are whole: no model is found where they have this name. */
  private static final String PART = "model.safetensors.part";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelSynthesizer() {}

  /**
   * Writes a model. When it cannot be written whole, whatever the reason, nothing of it is left.
   *
   * @param source where the shape is from, for messages
   * @param shape a {@code config.json}; its begin and end tokens become those of the tokenizer that
   *     is written
   * @param directory must be empty or not there
   * @throws CheckpointException when the shape cannot be served, or has too few tokens
   * @throws IOException when the files cannot be written, or there is no room for them; as with any
   *     file channel, when the thread is interrupted
   */
  public static void write(
      Path source, ObjectNode shape, SynthSpec spec, Path directory, WriteListener listener)
      throws IOException {
    ObjectNode config = configuration(shape, spec);
    SafetensorsFile weights = new SafetensorsFile(RandomTensors.of(spec, outline(source, config)));
    requireEmpty(directory);
    boolean isNew = Files.notExists(directory);
    Files.createDirectories(directory);
    try {
      requireRoom(directory, weights.bytes());
      Path part = directory.resolve(PART);
      weights.write(part, spec.seed(), listener);
      Files.writeString(directory.resolve("config.json"), config.toPrettyString());
      ByteTokenizer.write(directory);
      Files.move(part, directory.resolve("model.safetensors"));
    } catch (IOException | RuntimeException | Error e) {
      removeFiles(directory, isNew, e);
      throw e;
    }
  }

  private static ModelOutline outline(Path source, ObjectNode config) {
    ModelOutline outline = ModelOutline.of(source, config);
    if (outline.config().vocabSize() < ByteTokenizer.SIZE) {
      throw CheckpointException.file(
          source,
          "vocab_size is %d: a tokenizer of bytes has %d tokens"
              .formatted(outline.config().vocabSize(), ByteTokenizer.SIZE));
    }
    return outline;
  }

  private static void requireEmpty(Path directory) throws IOException {
    if (Files.notExists(directory)) {
      return;
    }
    if (!Files.isDirectory(directory)) {
      throw new IOException(directory + " is not a directory");
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.findAny().isPresent()) {
        throw new IOException(directory + " is not empty");
      }
    }
  }

  private static void removeFiles(Path directory, boolean itself, Throwable reason) {
    try {
      for (String file : List.of(PART, "config.json", "tokenizer.json", "tokenizer_config.json")) {
        Files.deleteIfExists(directory.resolve(file));
      }
      if (itself) {
        Files.deleteIfExists(directory);
      }
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static ObjectNode configuration(ObjectNode shape, SynthSpec spec) {
    ObjectNode config = shape.deepCopy();
    JsonNode text = config.path("text_config");
    for (ObjectNode section :
        Stream.of(config, text)
            .filter(ObjectNode.class::isInstance)
            .map(ObjectNode.class::cast)
            .toList()) {
      section.put("bos_token_id", ByteTokenizer.BEGIN_ID);
      section.put("eos_token_id", ByteTokenizer.END_ID);
    }
    config.put("torch_dtype", spec.dtype() == DType.F16 ? "float16" : "bfloat16");
    if (spec.method() == Method.LITTLEBIT) {
      config.setAll(
          JSON.createObjectNode()
              .put("quant_mod", "LittleBitLinear")
              .put("eff_bit", spec.bits())
              .put("residual", true)
              .put("kv_factor", 1.0)
              .put("min_split_dim", 8));
    }
    return config;
  }

  private static void requireRoom(Path directory, long bytes) throws IOException {
    long free = Files.getFileStore(directory).getUsableSpace();
    if (bytes > free) {
      throw new IOException(
          "%s needs %.1f MiB, %.1f MiB are free".formatted(directory, bytes / MIB, free / MIB));
    }
  }
}
