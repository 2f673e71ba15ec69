package dev.whit.api;

/**
 * A token in readable form.
 *
 * @param id its id
 * @param text what it adds to a text; where that is not whole characters, {@code bytes:\xe2\x96}
 * @param bytes the bytes that it adds to a text
 */
public record TokenText(int id, String text, byte[] bytes) {}
