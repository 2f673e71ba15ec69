package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.Usage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** A list of embeddings, in the order of the inputs. */
public record EmbeddingReply(String object, List<Item> data, String model, Tokens usage) {

  /**
   * One of them.
   *
   * @param embedding its numbers, or base64 of them as little-endian floats of 32 bits
   */
  public record Item(String object, int index, Object embedding) {}

  /** What was read. */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Tokens(int promptTokens, int totalTokens) {}

  /**
   * The reply.
   *
   * @param base64 whether vectors are sent as base64
   */
  public static EmbeddingReply of(
      String model, List<float[]> vectors, boolean base64, Usage usage) {
    List<Item> items = new ArrayList<>();
    for (float[] vector : vectors) {
      items.add(new Item("embedding", items.size(), base64 ? base64(vector) : vector));
    }
    return new EmbeddingReply(
        "list", items, model, new Tokens(usage.promptTokens(), usage.promptTokens()));
  }

  private static String base64(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }
}
