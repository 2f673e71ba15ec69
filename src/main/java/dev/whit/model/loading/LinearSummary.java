package dev.whit.model.loading;

import java.util.List;

/**
 * A linear layer as {@code inspect} shows it.
 *
 * @param name module name in the checkpoint
 * @param format "dense", "littlebit", "nanoquant"
 * @param ranks rank of each path; none for a dense layer
 * @param bitsPerWeight effective bits, scales counted as stored
 */
public record LinearSummary(
    String name,
    String format,
    int inputs,
    int outputs,
    List<Integer> ranks,
    double bitsPerWeight) {}
