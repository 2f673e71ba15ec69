package dev.whit.api;

import dev.whit.backend.CancelCause;
import dev.whit.backend.GenerationEvent;
import dev.whit.backend.GenerationRequest;
import dev.whit.backend.Pooling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The embeddings of one request. One thread collects them; any thread may say that the client has
 * gone. Closing gives up what is not finished.
 */
public final class Embeddings implements AutoCloseable {
  /**
   * Inputs that are computed or wait at a time: enough to fill a batch, few enough that a list of
   * thousands fits any queue.
   */
  private static final int WINDOW = 32;

  /** Events of an input: what was cached, the embedding, the end. */
  private static final int EVENTS = 3;

  private final ServedModel model;
  private final RequestOrigin origin;
  private final List<int[]> prompts;
  private final EmbeddingRequest request;
  private final GenerationGroup generations;
  private final List<float @Nullable []> vectors = new ArrayList<>();
  private int finished;
  private int cachedTokens;

  Embeddings(
      ServedModel model, RequestOrigin origin, List<int[]> prompts, EmbeddingRequest request) {
    this.model = model;
    this.origin = origin;
    this.prompts = prompts;
    this.request = request;
    generations = new GenerationGroup(model.backend(), origin, WINDOW * EVENTS + 1);
  }

  /** Name of the model. */
  public String model() {
    return model.name();
  }

  /** Tokens so far. */
  public Usage usage() {
    return new Usage(prompts.stream().mapToInt(ids -> ids.length).sum(), cachedTokens, 0);
  }

  /**
   * Computes them, in the order of the inputs: vectors of unit length.
   *
   * @throws ApiException if they cannot be computed
   */
  public List<float[]> collect() throws InterruptedException {
    while (finished < prompts.size()) {
      submitMore();
      GenerationGroup.Arrival arrival = generations.poll(Long.MAX_VALUE);
      if (arrival != null && arrival.event() != null) {
        accept(arrival.generation(), arrival.event());
      }
    }
    List<float[]> unit = new ArrayList<>();
    for (float[] vector : vectors) {
      if (vector == null) {
        throw new IllegalStateException("an input has ended without its embedding");
      }
      unit.add(unit(vector));
    }
    return unit;
  }

  private void submitMore() {
    while (vectors.size() < Math.min(prompts.size(), finished + WINDOW)) {
      try {
        generations.submit(
            GenerationRequest.embedding(
                origin.id(),
                prompts.get(vectors.size()),
                request.lastToken() ? Pooling.LAST : Pooling.MEAN,
                request.priority(),
                origin.caller(),
                request.cacheSalt()));
      } catch (ApiException.Overloaded e) {
        if (vectors.size() == finished) {
          throw e;
        }
        return; // there is room when one of those has finished that have been taken
      }
      vectors.add(null);
    }
  }

  private void accept(int input, GenerationEvent event) {
    switch (event) {
      case GenerationEvent.PromptCached(int tokens) -> cachedTokens += tokens;
      case GenerationEvent.Embedded(float[] vector) -> vectors.set(input, vector);
      case GenerationEvent.Finished f -> finished++;
      case GenerationEvent.Cancelled(var cause) -> throw GenerationGroup.failure(cause);
      case GenerationEvent.Failed(var message) -> throw new ApiException.GenerationFailed(message);
      case GenerationEvent.PromptScored p -> throw unexpected(p);
      case GenerationEvent.Token t -> throw unexpected(t);
    }
  }

  private static IllegalStateException unexpected(GenerationEvent event) {
    return new IllegalStateException("nobody asked for " + event);
  }

  /** Its first values, as many as are wanted, at length 1; a vector of zeros stays as it is. */
  private float[] unit(float[] vector) {
    Integer dimensions = request.dimensions();
    float[] unit = dimensions == null ? vector : Arrays.copyOf(vector, dimensions);
    double squares = 0;
    for (float value : unit) {
      squares += (double) value * value;
    }
    double norm = squares == 0 ? 1 : Math.sqrt(squares);
    float[] scaled = new float[unit.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = (float) (unit[i] / norm);
    }
    return scaled;
  }

  /** The client went away: gives up what is not finished, from any thread. */
  public void clientGone() {
    generations.abandon(CancelCause.CLIENT_GONE);
  }

  /** Gives up what is not finished. */
  @Override
  public void close() {
    if (finished < prompts.size()) {
      generations.cancelAll(CancelCause.CLIENT_GONE);
    }
  }
}
