package dev.whit.engine;

/**
 * How much of a sequence that begins was in the cache.
 *
 * @param queriedTokens its tokens, all of the prompt
 * @param cachedTokens how many of them need no computing
 */
record PrefixLookup(Sequence sequence, int queriedTokens, int cachedTokens) {}
