package dev.whit.model.loading;

/**
 * What transformers assumes for keys that a family's {@code config.json} leaves out.
 *
 * @param kvHeads key/value heads; 0 is as many as query heads
 * @param slidingWindow tokens; 0 is no window
 * @param eosTokenId end-of-sequence token
 */
record ClassDefaults(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int maxPositions,
    double normEpsilon,
    double ropeTheta,
    int slidingWindow,
    boolean tiedHead,
    int eosTokenId) {}
