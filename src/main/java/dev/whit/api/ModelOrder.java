package dev.whit.api;

import org.jspecify.annotations.Nullable;

/**
 * A model that is to be served from now on, as an administrator asks for it; not checked.
 *
 * @param name name in requests
 * @param path what {@code --model} takes as TARGET
 * @param base where config and tokenizer are, when not beside the target
 * @param context most tokens of a sequence, null for the server's setting
 * @param head how its head is kept, null for the server's setting
 */
public record ModelOrder(
    String name,
    String path,
    @Nullable String base,
    @Nullable Integer context,
    @Nullable String head) {}
