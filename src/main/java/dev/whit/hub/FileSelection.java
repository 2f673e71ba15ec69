package dev.whit.hub;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** Which files of a repository a model needs. */
final class FileSelection {
  private static final Set<String> DESCRIPTIONS =
      Set.of(
          "README.md", // has the licence
          "config.json",
          "generation_config.json",
          "littlebit_config.json",
          "nanoquant_config.json",
          "base_model.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "chat_template.jinja",
          "chat_template.json",
          "model.safetensors.index.json",
          "pytorch_model.bin.index.json");

  /** Forms of weights, the preferred one first. A repository often has several of the same. */
  private static final List<Pattern> WEIGHTS =
      List.of(
          Pattern.compile(".*\\.safetensors"),
          Pattern.compile(".*\\.pt"),
          Pattern.compile("pytorch_model.*\\.bin"),
          Pattern.compile(".*\\.gguf"));

  private FileSelection() {}

  /**
   * The files to fetch: descriptions, tokenizer, and one form of the weights.
   *
   * @throws HubException when there are no weights, or several to choose from
   */
  static List<HubFile> of(HubRepo repo, List<HubFile> all) {
    List<HubFile> weights =
        repo.file().isPresent() ? named(repo, all, repo.file().get()) : preferred(repo, all);
    return all.stream()
        .filter(file -> DESCRIPTIONS.contains(file.name()) || weights.contains(file))
        .toList();
  }

  private static List<HubFile> named(HubRepo repo, List<HubFile> all, String name) {
    List<HubFile> found = all.stream().filter(file -> file.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw new HubException(repo.id() + " has no file " + name + "; it has " + names(all));
    }
    return found;
  }

  private static List<HubFile> preferred(HubRepo repo, List<HubFile> all) {
    for (Pattern form : WEIGHTS) {
      List<HubFile> found =
          all.stream().filter(file -> form.matcher(file.name()).matches()).toList();
      if (found.size() > 1 && found.getFirst().name().endsWith(".gguf")) {
        throw new HubException(
            "%s has several models, name one as %s/FILE: %s"
                .formatted(repo.id(), repo.id(), names(found)));
      }
      if (!found.isEmpty()) {
        return found;
      }
    }
    throw new HubException(
        repo.id() + " has no weights that can be read (safetensors, .pt, .bin, .gguf)");
  }

  private static List<String> names(List<HubFile> files) {
    return files.stream().map(HubFile::name).toList();
  }
}
