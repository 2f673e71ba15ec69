package dev.whit.experiment.remote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/**
 * The body of a request, for another server. Only the value of {@code model} is another; all other
 * bytes stay, those of fields that only this server knows too: to drop them would let one arm
 * answer another question than the other.
 */
public final class RemoteBody {
  private static final String MODEL = "model";
  private static final int MAX_NESTING = 100;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_NESTING).build())
          .build();

  private RemoteBody() {}

  /**
   * The body with another model.
   *
   * @param body a JSON object in UTF-8 with a field {@code model}
   * @throws IllegalArgumentException if it is none
   */
  public static byte[] withModel(byte[] body, String model) {
    ByteArrayOutputStream changed = new ByteArrayOutputStream(body.length + model.length());
    byte[] value = quoted(model);
    int copied = 0;
    try (JsonParser parser = JSON.createParser(body)) {
      if (parser.nextToken() != JsonToken.START_OBJECT
          || parser.currentTokenLocation().getByteOffset() < 0) {
        throw new IllegalArgumentException("the body is not a JSON object in UTF-8");
      }
      // Every one of several: which of them counts differs between servers.
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean isModel = parser.currentName().equals(MODEL);
        parser.nextToken();
        int begin = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        parser.skipChildren();
        if (isModel) {
          parser.finishToken();
          changed.write(body, copied, begin - copied);
          changed.writeBytes(value);
          copied = Math.toIntExact(parser.currentLocation().getByteOffset());
        }
      }
      if (parser.nextToken() != null) {
        throw new IllegalArgumentException("something follows the JSON object");
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("the body is not JSON", e);
    }
    if (copied == 0) {
      throw new IllegalArgumentException("the body names no model");
    }
    changed.write(body, copied, body.length - copied);
    return changed.toByteArray();
  }

  private static byte[] quoted(String text) {
    String escaped = new String(JsonStringEncoder.getInstance().quoteAsString(text));
    return ('"' + escaped + '"').getBytes(StandardCharsets.UTF_8);
  }
}
