@NullMarked
package dev.whit.kernel.cpu;

import org.jspecify.annotations.NullMarked;
