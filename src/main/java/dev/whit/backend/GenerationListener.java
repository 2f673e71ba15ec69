package dev.whit.backend;

/**
 * Receives the events of one generation, in order, from the backend's thread: must return at once
 * and never throw or block.
 */
@FunctionalInterface
public interface GenerationListener {
  void onEvent(GenerationEvent event);
}
