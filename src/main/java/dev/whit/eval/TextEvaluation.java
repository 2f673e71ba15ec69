package dev.whit.eval;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Predicts a text block by block, each from an empty context: the perplexity protocol of the papers
 * (GPTQ and after). With a reference, both predict the same tokens after the same context.
 */
final class TextEvaluation {
  private final EvalModel model;
  private final @Nullable EvalModel reference;
  private final int stepTokens;

  TextEvaluation(EvalModel model, @Nullable EvalModel reference, int stepTokens) {
    this.model = model;
    this.reference = reference;
    this.stepTokens = stepTokens;
  }

  /**
   * Evaluates the blocks of {@code tokens} that the journal lacks; a rest of tokens is left out.
   */
  void run(int[] tokens, int block, int blocks, Journal<BlockResult> journal, EvalListener listener)
      throws IOException {
    journal.complete(
        "block",
        blocks,
        b -> block(b, Arrays.copyOfRange(tokens, b * block, (b + 1) * block)),
        listener);
  }

  private BlockResult block(int index, int[] tokens) {
    int predicted = tokens.length - 1; // the last token's successor is in no block
    EvalModel other = reference;
    int compared = other == null ? 0 : predicted;
    BlockResult result =
        new BlockResult(
            index,
            new float[predicted],
            new float[compared],
            new float[compared],
            new byte[compared]);
    for (int start = 0; start < predicted; start += stepTokens) {
      int end = Math.min(start + stepTokens, predicted);
      model.forward(tokens, start, end, start);
      if (other != null) {
        other.forward(tokens, start, end, start);
      }
      int most =
          other == null
              ? model.maxLogitRows()
              : Math.min(model.maxLogitRows(), other.maxLogitRows());
      for (int first = start, count; first < end; first += count) {
        count = Math.min(most, end - first);
        float[] logits = model.logits(first - start, count);
        float[] others = other == null ? null : other.logits(first - start, count);
        for (int i = 0; i < count; i++) {
          compare(logits, others, i, tokens[first + i + 1], result, first + i);
        }
      }
    }
    return result;
  }

  private void compare(
      float[] logits, float @Nullable [] others, int row, int token, BlockResult into, int at) {
    int size = model.vocabSize();
    if (others == null) {
      into.nll()[at] = finite(TokenComparison.nll(logits, row * size, size, token));
      return;
    }
    TokenComparison comparison = TokenComparison.of(logits, others, row * size, size, token);
    into.nll()[at] = finite(comparison.nll());
    into.referenceNll()[at] = finite(comparison.referenceNll());
    into.kl()[at] = (float) comparison.kl();
    into.sameTop()[at] = (byte) (comparison.sameTop() ? 1 : 0);
  }

  private static float finite(double nll) {
    if (!Double.isFinite(nll)) {
      throw new IllegalStateException("the model gives logits that are not finite");
    }
    return (float) nll;
  }
}
