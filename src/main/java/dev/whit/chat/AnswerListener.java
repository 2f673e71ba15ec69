package dev.whit.chat;

/** Hears an answer while it comes. */
public interface AnswerListener {
  /** A piece of what the model thinks before it answers. */
  void reasoning(String piece);

  /** A piece of the answer. */
  void content(String piece);
}
