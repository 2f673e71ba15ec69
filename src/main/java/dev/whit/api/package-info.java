/**
 * From a validated request to text: the served models, request validation, chat rendering, stop
 * strings and streaming of text. Knows no wire format.
 */
@NullMarked
package dev.whit.api;

import org.jspecify.annotations.NullMarked;
