package dev.whit.eval;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scores the choices of questions by their log-likelihood after the context, as the harness's
 * {@code multiple_choice} tasks do: a choice's tokens are those of context and choice together that
 * follow the context's own, BOS included where the tokenizer adds it.
 */
final class ChoiceEvaluation {
  private final EvalModel model;
  private final @Nullable EvalModel reference;
  private final int maxLength;
  private final int stepTokens;

  ChoiceEvaluation(EvalModel model, @Nullable EvalModel reference, int maxLength, int stepTokens) {
    this.model = model;
    this.reference = reference;
    this.maxLength = maxLength;
    this.stepTokens = stepTokens;
  }

  /** Evaluates the questions that the journal lacks. */
  void run(List<Question> questions, Journal<QuestionResult> journal, EvalListener listener)
      throws IOException {
    journal.complete("question", questions.size(), q -> answer(q, questions.get(q)), listener);
  }

  private QuestionResult answer(int index, Question question) {
    return new QuestionResult(
        index,
        score(model, question),
        reference == null ? new double[0] : score(reference, question));
  }

  private double[] score(EvalModel by, Question question) {
    return question.choices().stream()
        .mapToDouble(choice -> logLikelihood(by, question.context(), choice))
        .toArray();
  }

  private double logLikelihood(EvalModel by, String context, String choice) {
    // Spaces at a context's end belong to the choice's first token.
    String head = context.stripTrailing();
    int[] all = by.tokenizer().encode(context + choice, true);
    int begin = by.tokenizer().encode(head, true).length;
    if (begin == 0 || begin >= all.length) {
      throw new EvalException(
          "a question whose context or choice has no tokens of its own: \"%s\"".formatted(choice));
    }
    int cut = Math.max(0, all.length - 1 - maxLength); // the last maxLength + 1 tokens count
    int[] tokens = Arrays.copyOfRange(all, cut, all.length);
    int from = Math.max(begin - cut - 1, 0);
    double sum = 0;
    int size = by.vocabSize();
    int end = tokens.length - 1;
    int[] input = Arrays.copyOf(tokens, end);
    for (int start = 0; start < end; start += stepTokens) {
      int stop = Math.min(start + stepTokens, end);
      by.forward(input, start, stop, from);
      int first = Math.max(start, from);
      for (int at = first, count; at < stop; at += count) {
        count = Math.min(by.maxLogitRows(), stop - at);
        float[] logits = by.logits(at - first, count);
        for (int i = 0; i < count; i++) {
          sum -= TokenComparison.nll(logits, i * size, size, tokens[at + i + 1]);
        }
      }
    }
    return sum;
  }

  /** Puts the results of questions together. */
  static EvalReport.Choices report(List<Question> questions, Map<Integer, QuestionResult> results) {
    boolean[] right = new boolean[questions.size()];
    boolean[] normalized = new boolean[right.length];
    boolean[] referenceRight = new boolean[right.length];
    boolean[] referenceNormalized = new boolean[right.length];
    boolean compared = true;
    for (int q = 0; q < right.length; q++) {
      Question question = questions.get(q);
      QuestionResult result = results.get(q);
      if (result == null) {
        throw new IllegalStateException("question " + q + " has no result");
      }
      right[q] = best(question, result.model(), false) == question.label();
      normalized[q] = best(question, result.model(), true) == question.label();
      compared = result.reference().length > 0;
      if (compared) {
        referenceRight[q] = best(question, result.reference(), false) == question.label();
        referenceNormalized[q] = best(question, result.reference(), true) == question.label();
      }
    }
    return new EvalReport.Choices(
        right.length,
        share(right),
        share(normalized),
        compared ? share(referenceRight) : null,
        compared ? share(referenceNormalized) : null,
        compared ? McNemar.of(right, referenceRight) : null,
        compared ? McNemar.of(normalized, referenceNormalized) : null);
  }

  /** The likeliest choice; of equals the first. */
  private static int best(Question question, double[] scores, boolean byCharacter) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < scores.length; c++) {
      String choice = question.choices().get(c);
      double score =
          byCharacter ? scores[c] / choice.codePointCount(0, choice.length()) : scores[c];
      if (score > most) {
        most = score;
        best = c;
      }
    }
    return best;
  }

  private static Estimate share(boolean[] right) {
    double[] values = new double[right.length];
    Arrays.setAll(values, i -> right[i] ? 1 : 0);
    return Estimate.mean(values);
  }
}
