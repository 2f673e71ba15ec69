/** Mutated model files, and the check that opening one ends as it must. */
@NullMarked
package dev.whit.fuzz;

import org.jspecify.annotations.NullMarked;
