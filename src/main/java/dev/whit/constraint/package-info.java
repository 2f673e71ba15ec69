/**
 * What an answer must look like, as token masks: a JSON Schema becomes a {@link
 * dev.whit.constraint.Grammar} over bytes, the grammar an automaton that is built as it is walked,
 * and the automaton says which tokens of a vocabulary may come next. Plain Java; knows no HTTP and
 * no engine.
 */
@NullMarked
package dev.whit.constraint;

import org.jspecify.annotations.NullMarked;
