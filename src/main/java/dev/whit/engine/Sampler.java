package dev.whit.engine;

import dev.whit.backend.GenerationRequest;
import dev.whit.backend.LogitsSink;
import dev.whit.backend.TokenScore;
import dev.whit.engine.StepResult.SequenceResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes a sequence's results from its rows of logits: scores of its prompt, the next token and its
 * score. They depend on the rows, the request and the sequence's tokens only.
 */
final class Sampler {
  private final LogitAdjuster adjuster;
  private final TokenChooser chooser;
  private final TokenScorer scorer;

  Sampler(int vocabulary) {
    adjuster = new LogitAdjuster(vocabulary);
    chooser = new TokenChooser(vocabulary);
    scorer = new TokenScorer(vocabulary);
  }

  /**
   * The results of one chunk. It fails alone when a logit is not finite.
   *
   * @param rows the chunk's {@linkplain ScheduledChunk#promptRows rows that score} the prompt, then
   *     the last one if it {@linkplain ScheduledChunk#samples samples}
   */
  SequenceResult sample(ScheduledChunk chunk, LogitRows rows) {
    Sequence sequence = chunk.sequence();
    GenerationRequest request = sequence.request();
    List<TokenScore> promptScores = new ArrayList<>();
    try {
      for (int i = 0; i < chunk.promptRows(); i++) {
        int position = chunk.promptRowStart() + i;
        float[] logits = requireFinite(rows.row(i), position);
        LogitsSink sink = request.logits();
        if (sink == null) {
          int next = sequence.token(position + 1);
          promptScores.add(scorer.score(logits, next, request.promptLogprobs()));
        } else {
          sink.row(position, logits);
        }
      }
      if (!chunk.samples()) {
        return new SequenceResult(SequenceResult.NO_TOKEN, null, promptScores, null);
      }
      float[] logits = requireFinite(rows.row(chunk.promptRows()), chunk.end() - 1);
      float[] adjusted = adjuster.adjust(logits, sequence);
      int token = chooser.choose(adjusted, request.sampling(), sequence.generated());
      if (adjusted[token] == LogitAdjuster.FORBIDDEN) {
        return SequenceResult.failed("no token of the vocabulary continues the constrained answer");
      }
      int top = request.topLogprobs();
      TokenScore score = top < 0 ? null : scorer.score(logits, token, top);
      return new SequenceResult(token, score, promptScores, null);
    } catch (NonFiniteLogitException e) {
      return SequenceResult.failed(e.getMessage());
    }
  }

  private static float[] requireFinite(float[] logits, int position)
      throws NonFiniteLogitException {
    for (int id = 0; id < logits.length; id++) {
      if (!Float.isFinite(logits[id])) {
        throw new NonFiniteLogitException(position, id, logits[id]);
      }
    }
    return logits;
  }

  private static final class NonFiniteLogitException extends Exception {
    private static final long serialVersionUID = 1L;

    NonFiniteLogitException(int position, int id, float logit) {
      super("the logit of token %d after position %d is %s".formatted(id, position, logit));
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
