/** HTTP: resources, server-sent events, the one mapping of errors to replies. */
@NullMarked
package dev.whit.rest;

import org.jspecify.annotations.NullMarked;
