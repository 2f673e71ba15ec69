package dev.whit.api;

/**
 * Takes what stands between {@code <think>} and {@code </think>} at the beginning of an answer for
 * reasoning, without the white space around it; the rest goes on to another parser.
 */
final class ReasoningParser implements MessageParser {
  static final String BEGIN = "<think>";
  static final String END = "</think>";

  private enum State {
    BEGINNING,
    THINKING,
    THOUGHT,
    ANSWERING
  }

  private final MessageParser rest;
  private final MarkerSearch end = new MarkerSearch(END);
  private final StringBuilder held = new StringBuilder();
  private State state;
  private boolean hasThought;

  /**
   * A parser of one answer.
   *
   * @param begun whether the prompt has opened the reasoning already
   */
  ReasoningParser(boolean begun, MessageParser rest) {
    this.rest = rest;
    state = begun ? State.THINKING : State.BEGINNING;
  }

  @Override
  public void add(String text, MessageDraft draft) {
    switch (state) {
      case BEGINNING -> begin(text, draft);
      case THINKING -> think(text, draft);
      case THOUGHT -> answer(text, draft);
      case ANSWERING -> rest.add(text, draft);
    }
  }

  private void begin(String text, MessageDraft draft) {
    held.append(text);
    String begun = held.toString().stripLeading();
    if (begun.startsWith(BEGIN)) {
      state = State.THINKING;
      held.setLength(0);
      think(begun.substring(BEGIN.length()), draft);
    } else if (!BEGIN.startsWith(begun)) {
      state = State.ANSWERING;
      rest.add(held.toString(), draft);
      held.setLength(0);
    }
  }

  private void think(String text, MessageDraft draft) {
    String certain = end.add(text);
    String thought = hasThought ? certain : certain.stripLeading();
    hasThought |= !thought.isEmpty();
    draft.reasoning(thought);
    if (end.found()) {
      state = State.THOUGHT;
      answer(end.rest(), draft);
    }
  }

  private void answer(String text, MessageDraft draft) {
    String answer = text.stripLeading();
    if (!answer.isEmpty()) {
      state = State.ANSWERING;
      rest.add(answer, draft);
    }
  }

  @Override
  public void finish(MessageDraft draft) {
    switch (state) {
      case BEGINNING -> rest.add(held.toString(), draft);
      case THINKING -> {
        String last = end.rest();
        draft.reasoning(hasThought ? last.stripTrailing() : last.strip());
      }
      case THOUGHT, ANSWERING -> {}
    }
    rest.finish(draft);
  }
}
