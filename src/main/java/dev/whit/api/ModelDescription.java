package dev.whit.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a model is, for clients.
 *
 * @param format form of its weights: "littlebit", "nanoquant", "dense", …
 * @param bitsPerWeight effective bits per weight of the linear layers, scales counted
 * @param bytes weight bytes by part
 * @param maxContext most tokens of prompt and answer together
 * @param licence the licence that the checkpoint states, null if it states none
 * @param device what computes
 */
public record ModelDescription(
    String format,
    double bitsPerWeight,
    Map<String, Long> bytes,
    int maxContext,
    @Nullable String licence,
    String device) {}
