package dev.whit.constraint;

import dev.whit.backend.TokenConstraint;

/** A grammar over the tokens of a vocabulary. */
final class GrammarConstraint implements TokenConstraint {
  private final int nodes;
  private final ByteAutomaton automaton;
  private final TokenVocabulary vocabulary;
  private final MaskCache masks;

  GrammarConstraint(Grammar grammar, TokenVocabulary vocabulary, MaskCache masks) {
    nodes = grammar.nodes();
    automaton = new ByteAutomaton(grammar);
    this.vocabulary = vocabulary;
    this.masks = masks;
  }

  /** Size of the grammar. */
  int nodes() {
    return nodes;
  }

  @Override
  public Position start() {
    return new StatePosition(automaton.start());
  }

  private long[] mask(ByteAutomaton.State state) {
    synchronized (automaton) {
      return vocabulary.mask(automaton, state);
    }
  }

  private final class StatePosition implements Position {
    private final ByteAutomaton.State state;

    StatePosition(ByteAutomaton.State state) {
      this.state = state;
    }

    @Override
    public long[] allowed() {
      return masks.get(state, GrammarConstraint.this::mask);
    }

    @Override
    public boolean mayEnd() {
      return state.accepts();
    }

    @Override
    public boolean mustEnd() {
      return state.isLast();
    }

    @Override
    public Position after(int token) {
      byte[] text = vocabulary.text(token);
      ByteAutomaton.State at = text == null ? null : state;
      synchronized (automaton) {
        for (int i = 0; at != null && text != null && i < text.length; i++) {
          at = automaton.next(at, Byte.toUnsignedInt(text[i]));
        }
      }
      if (at == null) {
        throw new IllegalArgumentException("token %d is not allowed here".formatted(token));
      }
      // While the model computes its logits.
      if (!at.isLast()) {
        masks.prepare(at, GrammarConstraint.this::mask);
      }
      return new StatePosition(at);
    }
  }
}
