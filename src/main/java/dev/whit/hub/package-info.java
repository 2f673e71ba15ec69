/**
 * Models of the Hugging Face Hub: which files of a repository a model needs, and how they get into
 * the cache that {@code huggingface_hub} uses too. Plain Java.
 */
@NullMarked
package dev.whit.hub;

import org.jspecify.annotations.NullMarked;
