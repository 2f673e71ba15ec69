package dev.whit.model;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Owns resources that are closed together, the last one first. Makes a construction of many steps
 * safe: close it when a step fails.
 */
public final class Resources implements AutoCloseable {
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  /** Takes ownership of a resource and returns it. */
  public <T extends AutoCloseable> T add(T resource) {
    owned.push(resource);
    return resource;
  }

  /** Closes everything once, even where some fail; the first failure is thrown at the end. */
  @Override
  public void close() {
    @Nullable RuntimeException failure = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (Exception e) {
        if (failure == null) {
          failure = new IllegalStateException("a resource did not close: " + e, e);
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
