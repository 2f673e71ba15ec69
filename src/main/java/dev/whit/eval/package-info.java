/**
 * Measures how well a model predicts text, alone or against a reference, without a server or an
 * engine: the model's own steps, its logits compared in double. Plain Java.
 */
@NullMarked
package dev.whit.eval;

import org.jspecify.annotations.NullMarked;
