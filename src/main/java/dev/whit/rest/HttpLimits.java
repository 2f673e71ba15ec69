package dev.whit.rest;

import java.time.Duration;

/**
 * Limits of the HTTP surface.
 *
 * @param maxBody largest body of a request, in bytes
 * @param headerTimeout how long the head of a connection's first request may take to arrive
 * @param keepAlive how long a connection may be without a request after the first
 * @param bodyTimeout how long a request's body may take to arrive
 * @param pingInterval how often a stream without a token is kept alive by a comment
 * @param slowReader how long a client may leave a piece of a stream unread
 * @param deadline how long an answer may take
 */
public record HttpLimits(
    int maxBody,
    Duration headerTimeout,
    Duration keepAlive,
    Duration bodyTimeout,
    Duration pingInterval,
    Duration slowReader,
    Duration deadline) {}
