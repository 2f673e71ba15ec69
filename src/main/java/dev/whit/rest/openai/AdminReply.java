package dev.whit.rest.openai;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.whit.api.AdministeredModel;
import java.util.List;
import java.util.Locale;

/**
 * A model as administrators see it.
 *
 * @param state loading, ready, failed or unloading
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record AdminReply(
    String name, String path, String state, long weightBytes, long cacheBytes) {

  /** The model as it is now. */
  public static AdminReply of(AdministeredModel model) {
    return new AdminReply(
        model.name(),
        model.path(),
        model.state().name().toLowerCase(Locale.ROOT),
        model.weightBytes(),
        model.cacheBytes());
  }

  /** All of them. */
  public record Page(List<AdminReply> models) {
    /** A page that is the whole list. */
    public static Page of(List<AdministeredModel> models) {
      return new Page(models.stream().map(AdminReply::of).toList());
    }
  }
}
