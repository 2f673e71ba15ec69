/** The safetensors container: single files and sharded directories. */
@NullMarked
package dev.whit.checkpoint.safetensors;

import org.jspecify.annotations.NullMarked;
