/** Who may use the server, and how much of it: API keys, and limits of each key. */
@NullMarked
package dev.whit.rest.access;

import org.jspecify.annotations.NullMarked;
