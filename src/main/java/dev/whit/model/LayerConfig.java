package dev.whit.model;

/**
 * What may differ from layer to layer.
 *
 * @param slidingWindow tokens a query sees, itself included; 0 is all
 * @param rope rotation of its queries and keys
 */
public record LayerConfig(int slidingWindow, RopeConfig rope) {}
