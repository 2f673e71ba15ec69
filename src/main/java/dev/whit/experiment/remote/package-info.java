/**
 * Remote arms: servers that speak OpenAI's API, asked over HTTP by Vert.x. A {@link
 * dev.whit.experiment.remote.RemoteEndpoint} is one of them, a {@link
 * dev.whit.experiment.remote.RemoteCall} one request to it with its retries, a {@link
 * dev.whit.experiment.remote.RemoteReply} what comes back, unchanged and measured by a {@link
 * dev.whit.experiment.remote.ReplyMeter}.
 *
 * <p>Event loops receive, the virtual thread of the request waits and reads; there is no thread for
 * a stream. What is received and not read is bounded: a slow reader slows the remote.
 */
@NullMarked
package dev.whit.experiment.remote;

import org.jspecify.annotations.NullMarked;
