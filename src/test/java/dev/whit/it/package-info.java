/** Tests of the packaged server, in its own process. */
@NullMarked
package dev.whit.it;

import org.jspecify.annotations.NullMarked;
