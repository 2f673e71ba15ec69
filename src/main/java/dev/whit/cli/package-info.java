/** The command line: picocli commands. Offline commands start no HTTP server. */
@NullMarked
package dev.whit.cli;

import org.jspecify.annotations.NullMarked;
