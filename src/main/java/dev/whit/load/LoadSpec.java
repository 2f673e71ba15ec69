package dev.whit.load;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What load to put where.
 *
 * @param server the server's address
 * @param apiKey sent as a bearer token
 * @param model name of the model
 * @param endpoint which endpoint of the API
 * @param arrivals when requests are sent
 * @param requests most requests
 * @param duration no request begins later than this after the first
 * @param timeout how long a request may take; the run ends at the latest this much after {@code
 *     duration}
 * @param prompt lengths of prompts
 * @param output lengths of answers
 * @param sharedPrefix share of each prompt, from its beginning, that is the same in all, 0 to 1
 * @param seed the same one gives the same requests at the same times
 * @param ignoreEos whether answers are as long as asked for, whatever the model says; not OpenAI's
 * @param fields more fields of each request's body
 * @param slo what makes an answer a good one
 */
public record LoadSpec(
    URI server,
    @Nullable String apiKey,
    String model,
    Endpoint endpoint,
    Arrivals arrivals,
    int requests,
    Duration duration,
    Duration timeout,
    TokenRange prompt,
    TokenRange output,
    double sharedPrefix,
    long seed,
    boolean ignoreEos,
    Map<String, JsonNode> fields,
    Slo slo) {

  public LoadSpec {
    fields = Map.copyOf(fields);
  }
}
