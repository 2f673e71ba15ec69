package dev.whit.api;

/**
 * Where a request comes from.
 *
 * @param id the request's id, for logs and replies
 * @param caller who asks, opaque: callers share the models evenly
 */
public record RequestOrigin(String id, String caller) {}
