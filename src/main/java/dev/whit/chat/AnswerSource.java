package dev.whit.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/** Answers requests. */
@FunctionalInterface
public interface AnswerSource {
  /**
   * Asks, and waits for the end of the answer. Interrupting the thread stops it.
   *
   * @param request body of a chat completion
   * @throws IOException in the server's words, or why there are none
   */
  Answer ask(JsonNode request, AnswerListener listener) throws IOException, InterruptedException;
}
