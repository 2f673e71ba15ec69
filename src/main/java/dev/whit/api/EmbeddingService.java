package dev.whit.api;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;

/** Embeds texts: what the model's last hidden states say of them. */
@Singleton
public final class EmbeddingService {
  private final ModelRegistry models;

  /** Over the served models. */
  @Inject
  public EmbeddingService(ModelRegistry models) {
    this.models = models;
  }

  /**
   * Embeddings that are still to be computed.
   *
   * @param origin where the request comes from
   * @throws ApiException if the request cannot be taken
   */
  public Embeddings embed(EmbeddingRequest request, RequestOrigin origin) {
    ServedModel model = models.resolve(request.model());
    int size = model.backend().info().embeddingSize();
    Integer dimensions = request.dimensions();
    if (dimensions != null && dimensions > size) {
      throw new ApiException.InvalidRequest(
          "dimensions",
          "dimensions must be at most %d, the size of this model's embeddings, not %d"
              .formatted(size, dimensions));
    }
    List<int[]> prompts = new ArrayList<>();
    for (Prompt input : request.inputs()) {
      prompts.add(model.promptEncoder().encode(input, "input", true, 0, request.keptTokens()));
    }
    return new Embeddings(model, origin, prompts, request);
  }
}
