/** Liveness, readiness and start-up probes. */
@NullMarked
package dev.whit.health;

import org.jspecify.annotations.NullMarked;
