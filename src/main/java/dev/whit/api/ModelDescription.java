package dev.whit.api;

import java.util.Map;

/**
 * What a model is, for clients.
 *
 * @param format form of its weights: "littlebit", "nanoquant", "dense", …
 * @param bitsPerWeight effective bits per weight of the linear layers, scales counted
 * @param bytes weight bytes by part
 * @param maxContext most tokens of prompt and answer together
 * @param device what computes
 */
public record ModelDescription(
    String format, double bitsPerWeight, Map<String, Long> bytes, int maxContext, String device) {}
