package dev.whit.kernel;

/**
 * What one layer's attention computes. Query row at position p attends to keys at positions k ≤ p,
 * and with a window only to {@code k > p − window}.
 *
 * @param heads query heads
 * @param kvHeads key/value heads; divides {@code heads}, query head h reads key/value head {@code h
 *     / (heads/kvHeads)}
 * @param headDim elements of a head
 * @param scale factor of the scores
 * @param window sliding window in tokens, self included; 0 is none
 * @param softCap cap c of the scores, {@code c·tanh(s/c)} before the mask; 0 is none
 */
public record AttentionSpec(
    int heads, int kvHeads, int headDim, float scale, int window, float softCap) {}
