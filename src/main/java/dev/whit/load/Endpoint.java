package dev.whit.load;

/** Which of OpenAI's two endpoints gets the load. */
public enum Endpoint {
  /** Prompts are token ids, so that their lengths are exact whatever the tokenizer. */
  COMPLETIONS("v1/completions"),
  /** Prompts are texts of short words, about one token each. */
  CHAT("v1/chat/completions");

  private final String path;

  Endpoint(String path) {
    this.path = path;
  }

  /** Below the base address. */
  String path() {
    return path;
  }
}
