package dev.whit.fuzz;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/** A copy of a model directory, one of whose files is damaged and then mended again. */
public final class MutatedModel {
  private static final Mutator BYTES = new ByteMutator();
  private static final Mutator JSON = new JsonMutator();

  /** What damages the files of a kind. A new kind of file is a new line. */
  private static final List<FileKind> KINDS =
      List.of(
          kind("*.safetensors", Mutator.oneOf(new SafetensorsMutator(), BYTES)),
          kind("*.{pt,pth,bin}", Mutator.oneOf(new TorchZipMutator(), BYTES)),
          kind("*.gguf", Mutator.oneOf(new GgufMutator(), BYTES)),
          kind("*.json", Mutator.oneOf(JSON, JSON, JSON, BYTES)),
          kind("*.jinja", Mutator.oneOf(new TemplateMutator(), BYTES)),
          kind("*", BYTES));

  /** Files that the small models lack and others have. */
  private static final Map<String, String> MORE_FILES =
      Map.of(
          "generation_config.json",
          """
          {"bos_token_id": 1, "eos_token_id": [2, 3], "temperature": 0.6}
          """,
          "special_tokens_map.json",
          """
          {"eos_token": {"content": "</s>", "special": true}, "bos_token": "<s>"}
          """,
          "chat_template.jinja",
          """
          {{ bos_token }}{% for m in messages %}{% if loop.first and m.role == 'system' %}
          {{- m.content | trim }}{% else %}<|{{ m['role'] }}|>{{ m.content }}{% endif %}
          {% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}
          """);

  /** Of this many damages, one puts something else than a file in the file's place. */
  private static final int ODD_FILES = 20;

  private final Path directory;
  private final Map<String, byte[]> files = new TreeMap<>();

  /** Files whose name matches a glob, and what damages them. */
  private record FileKind(PathMatcher names, Mutator mutator) {}

  private static FileKind kind(String glob, Mutator mutator) {
    return new FileKind(FileSystems.getDefault().getPathMatcher("glob:" + glob), mutator);
  }

  /**
   * Copies a model.
   *
   * @param model a good model directory
   * @param directory the copy, which does not exist yet
   * @param tokenizer in which form it has the tokenizer
   */
  public MutatedModel(Path model, Path directory, TokenizerForm tokenizer) throws IOException {
    this.directory = directory;
    MORE_FILES.forEach((name, text) -> files.put(name, text.getBytes(StandardCharsets.UTF_8)));
    try (Stream<Path> originals = Files.list(model)) {
      for (Path file : originals.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    files.keySet().removeIf(name -> name.startsWith("golden.") || name.equals("contents.txt"));
    tokenizer.convert(files);
    Files.createDirectories(directory);
    for (String name : files.keySet()) {
      mend(name);
    }
  }

  /** Where the copy is. */
  public Path directory() {
    return directory;
  }

  /** Damages a file; returns its name, to {@link #mend}. */
  public String damage(Random random) throws IOException {
    List<String> names = List.copyOf(files.keySet());
    String name = names.get(random.nextInt(names.size()));
    Path file = directory.resolve(name);
    // Written anew, not over: a mapping of the old one that has leaked must not crash.
    Files.delete(file);
    if (random.nextInt(ODD_FILES) == 0) {
      OddFile.create(file, random);
    } else {
      Files.write(file, mutator(file).mutate(files.get(name), random));
    }
    return name;
  }

  /** Puts the good file back. */
  public void mend(String name) throws IOException {
    Path file = directory.resolve(name);
    Files.deleteIfExists(file);
    Files.write(file, files.get(name));
  }

  private static Mutator mutator(Path file) {
    return KINDS.stream()
        .filter(kind -> kind.names().matches(file.getFileName()))
        .findFirst()
        .orElseThrow()
        .mutator();
  }
}
