/** What operators see: the only package that imports Micrometer. */
@NullMarked
package dev.whit.metrics;

import org.jspecify.annotations.NullMarked;
