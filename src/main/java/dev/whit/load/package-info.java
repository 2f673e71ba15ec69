/**
 * Puts load on any endpoint of OpenAI's API and measures what its clients would see: a workload
 * that is a function of its seed, a closed or an open loop, and a report. Knows nothing of this
 * server.
 */
@NullMarked
package dev.whit.load;

import org.jspecify.annotations.NullMarked;
