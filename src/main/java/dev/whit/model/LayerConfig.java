package dev.whit.model;

import java.util.Optional;

/**
 * What may differ from layer to layer.
 *
 * @param slidingWindow tokens a query sees, itself included; 0 is all
 * @param rope rotation of its queries and keys, if they rotate
 */
public record LayerConfig(int slidingWindow, Optional<RopeConfig> rope) {}
