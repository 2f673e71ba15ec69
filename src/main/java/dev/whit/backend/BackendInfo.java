package dev.whit.backend;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a backend serves, as it describes itself to clients.
 *
 * @param format "littlebit", "nanoquant", "dense", …
 * @param architecture the checkpoint's {@code model_type}
 * @param maxContext most tokens of prompt and answer together
 * @param vocabularySize number of logits
 * @param embeddingSize number of values of an embedding
 * @param bitsPerWeight effective bits per weight of the linear layers, scales counted
 * @param parameters number of parameters that the linear layers, embeddings and norms stand for
 * @param bytes weight bytes by part: embeddings, head, linears, norms
 * @param licence the licence that the checkpoint states, null if it states none
 * @param device what computes, as {@code Kernels.description()}
 */
public record BackendInfo(
    String format,
    String architecture,
    int maxContext,
    int vocabularySize,
    int embeddingSize,
    double bitsPerWeight,
    long parameters,
    Map<String, Long> bytes,
    @Nullable String licence,
    String device) {}
