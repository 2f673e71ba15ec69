package dev.whit.rest.openai;

/** An event of a stream whose type is the name of the server-sent event too. */
public interface NamedEvent {
  String type();
}
