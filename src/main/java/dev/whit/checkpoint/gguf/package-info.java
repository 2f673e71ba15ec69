/** The GGUF container, version 3: metadata and tensors of mapped files. */
@NullMarked
package dev.whit.checkpoint.gguf;

import org.jspecify.annotations.NullMarked;
