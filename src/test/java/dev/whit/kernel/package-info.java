@NullMarked
package dev.whit.kernel;

import org.jspecify.annotations.NullMarked;
