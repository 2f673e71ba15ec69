/**
 * The one port between the API and what generates tokens (a local engine, later a remote endpoint
 * or an experiment): plain types without behaviour.
 */
@NullMarked
package dev.whit.backend;

import org.jspecify.annotations.NullMarked;
