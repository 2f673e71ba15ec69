package dev.whit.api;

/**
 * Tells the parts of an answer apart while its text comes in pieces; where they were cut makes no
 * difference. One thread at a time.
 */
interface MessageParser {
  /** Takes the next piece. */
  void add(String text, MessageDraft draft);

  /** No text follows. */
  void finish(MessageDraft draft);

  /** All of it is content. */
  static MessageParser plain() {
    return new MessageParser() {
      @Override
      public void add(String text, MessageDraft draft) {
        draft.content(text);
      }

      @Override
      public void finish(MessageDraft draft) {}
    };
  }
}
