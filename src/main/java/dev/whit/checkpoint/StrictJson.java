package dev.whit.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * JSON of untrusted files as a stream of tokens: a key twice in one object, deep nesting and
 * anything after the value are errors.
 */
public final class StrictJson {
  /** Deeper than any header or index is, shallow enough for every parser. */
  private static final int MAX_DEPTH = 16;

  // Names are not interned or cached across files: their number is up to whoever wrote the file.
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  /** What reads the members of the top-level object, from after its brace to its end. */
  @FunctionalInterface
  public interface ObjectReader {
    void read(JsonParser json) throws IOException;
  }

  private StrictJson() {}

  /**
   * Reads a text that is one JSON object.
   *
   * @param file the file it comes from, for messages
   * @param what what the text is, for messages
   * @throws CheckpointException when it is anything else, or the reader finds it malformed
   */
  public static void readObject(Path file, String what, String text, ObjectReader members) {
    try (JsonParser json = FACTORY.createParser(text)) {
      expect(json, json.nextToken(), JsonToken.START_OBJECT, "an object");
      members.read(json);
      if (json.nextToken() != null) {
        throw malformed(json, "there is more after the object");
      }
    } catch (JsonProcessingException e) {
      throw CheckpointException.file(file, what + " is not valid: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw CheckpointException.file(file, what + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Fails unless a token is of the wanted kind. */
  public static void expect(
      JsonParser json, @Nullable JsonToken token, JsonToken wanted, String description)
      throws IOException {
    if (token != wanted) {
      throw malformed(json, "expected " + description);
    }
  }

  private static JsonProcessingException malformed(JsonParser json, String reason) {
    return new JsonParseException(
        json, reason + " at character " + json.currentTokenLocation().getCharOffset());
  }
}
