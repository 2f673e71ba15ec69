package dev.whit.rest.openai;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.ModelDescription;
import dev.whit.api.ServedModel;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A served model.
 *
 * @param bitsPerWeight effective bits per weight of the linear layers, scales counted
 * @param bytes weight bytes by part
 * @param maxContext most tokens of prompt and answer together
 * @param licence the licence that the checkpoint states, left out if it states none
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ModelReply(
    String id,
    String object,
    long created,
    String ownedBy,
    String format,
    double bitsPerWeight,
    Map<String, Long> bytes,
    int maxContext,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String licence,
    String device) {

  /** The model as it describes itself. */
  public static ModelReply of(ServedModel model) {
    ModelDescription description = model.description();
    return new ModelReply(
        model.name(),
        "model",
        model.created().getEpochSecond(),
        "whit",
        description.format(),
        description.bitsPerWeight(),
        description.bytes(),
        description.maxContext(),
        description.licence(),
        description.device());
  }

  /** All of them. */
  public record Page(String object, List<ModelReply> data) {
    /** A page that is the whole list. */
    public static Page of(List<ModelReply> models) {
      return new Page("list", models);
    }
  }
}
