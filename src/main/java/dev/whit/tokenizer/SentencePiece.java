package dev.whit.tokenizer;

/**
 * A piece of a SentencePiece vocabulary.
 *
 * @param text its text, with U+2581 for spaces
 * @param score the higher, the sooner it is made of its parts
 * @param type what it is for
 */
record SentencePiece(String text, float score, TokenType type) {}
