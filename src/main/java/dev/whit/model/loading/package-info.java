/**
 * Checkpoints to models: family tables (config parser and tensor names), one adapter per on-disk
 * form, the memory plan.
 */
@NullMarked
package dev.whit.model.loading;

import org.jspecify.annotations.NullMarked;
