package dev.whit.app;

import java.lang.reflect.Proxy;

/**
 * Handlers of process signals. Only {@code sun.misc.Signal} can keep SIGTERM from ending the
 * process with code 143; it is reached by reflection because naming it costs a compiler warning
 * that nothing suppresses.
 */
public final class Signals {
  private Signals() {}

  /** Runs {@code action} on a thread of its own whenever the signal ("TERM", "INT") comes. */
  public static void handle(String name, Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object proxy =
          Proxy.newProxyInstance(
              Signals.class.getClassLoader(),
              new Class<?>[] {handler},
              (self, method, arguments) -> {
                if (method.getName().equals("handle")) {
                  action.run();
                }
                return null;
              });
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("no handler for SIG" + name + " on this JVM", e);
    }
  }
}
