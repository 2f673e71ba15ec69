package dev.whit.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Reads {@code *.index.json}, and takes from it only which shard files there are: its list of keys
 * is known to lie (NanoQuant's writes the last layer's only), the keys come from the files.
 */
final class ShardIndex {
  /** As large as the largest safetensors header: an index lists the same names. */
  private static final long MAX_BYTES = 100_000_000;

  private ShardIndex() {}

  /**
   * The shard files an index names, in the order of their names.
   *
   * @throws CheckpointException when the index is malformed, or names a file that is missing or not
   *     directly in its own directory
   */
  static List<Path> files(Path index) {
    SortedSet<String> names = names(index);
    if (names.isEmpty()) {
      throw CheckpointException.file(index, "names no shard file in weight_map");
    }
    return names.stream().map(name -> shard(index, name)).toList();
  }

  private static SortedSet<String> names(Path index) {
    SortedSet<String> names = new TreeSet<>();
    StrictJson.readObject(
        index,
        "the shard index",
        text(index),
        json -> {
          while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean weightMap = json.currentName().equals("weight_map");
            json.nextToken();
            if (weightMap) {
              readWeightMap(json, names);
            } else {
              json.skipChildren();
            }
          }
        });
    return names;
  }

  private static void readWeightMap(JsonParser json, SortedSet<String> names) throws IOException {
    StrictJson.expect(json, json.currentToken(), JsonToken.START_OBJECT, "weight_map as an object");
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      StrictJson.expect(json, json.nextToken(), JsonToken.VALUE_STRING, "a file name");
      names.add(json.getText());
    }
  }

  private static String text(Path index) {
    try (Arena arena = Arena.ofConfined()) {
      MappedFile file = MappedFile.map(index, arena);
      if (file.size() > MAX_BYTES) {
        throw CheckpointException.file(
            index, "has %d bytes; the limit is %d".formatted(file.size(), MAX_BYTES));
      }
      return file.utf8(0, file.size());
    }
  }

  private static Path shard(Path index, String name) {
    // A file name and nothing else: the index may not lead out of its directory. What the file
    // itself links to is the directory owner's business (Hugging Face caches are links to blobs).
    boolean plain =
        !name.isEmpty()
            && !name.equals(".")
            && !name.equals("..")
            && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || c < ' ');
    if (!plain) {
      throw CheckpointException.file(
          index, "names \"" + name + "\", which is not a plain file name");
    }
    try {
      Path shard = index.resolveSibling(name);
      if (Files.isRegularFile(shard)) {
        return shard;
      }
    } catch (InvalidPathException e) {
      throw CheckpointException.file(index, "names a file that cannot be: " + e.getMessage(), e);
    }
    throw CheckpointException.file(index, "names " + name + ", which is missing");
  }
}
