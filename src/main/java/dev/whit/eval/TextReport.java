package dev.whit.eval;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Puts the results of blocks together. */
final class TextReport {
  private TextReport() {}

  /** Of one block or more. */
  static EvalReport.Text of(Collection<BlockResult> blocks) {
    double[] nll = joined(blocks, BlockResult::nll);
    Estimate mean = Estimate.mean(nll);
    return new EvalReport.Text(
        blocks.size(),
        nll.length,
        mean,
        mean.exp(),
        comparison(blocks, nll, mean),
        means(blocks, BlockResult::nll));
  }

  private static EvalReport.@Nullable Comparison comparison(
      Collection<BlockResult> blocks, double[] nll, Estimate mean) {
    double[] reference = joined(blocks, BlockResult::referenceNll);
    if (reference.length == 0) {
      return null;
    }
    Estimate referenceMean = Estimate.mean(reference);
    double[] kl = joined(blocks, BlockResult::kl);
    double[] deltaP = new double[nll.length];
    double[] squares = new double[nll.length];
    double[] lnRatio = new double[nll.length];
    for (int i = 0; i < nll.length; i++) {
      deltaP[i] = Math.exp(-nll[i]) - Math.exp(-reference[i]);
      squares[i] = deltaP[i] * deltaP[i];
      lnRatio[i] = nll[i] - reference[i];
    }
    double covariance =
        Estimate.covariance(nll, mean.value(), reference, referenceMean.value()) / nll.length;
    Estimate ratio = Estimate.mean(lnRatio);
    Estimate square = Estimate.mean(squares);
    double rms = Math.sqrt(square.value());
    return new EvalReport.Comparison(
        referenceMean,
        referenceMean.exp(),
        ratio,
        ratio.exp(),
        difference(mean.exp(), referenceMean.exp(), covariance),
        100 * covariance / (mean.error() * referenceMean.error()),
        Estimate.mean(kl),
        Quantiles.of(kl),
        Estimate.mean(deltaP),
        Quantiles.of(deltaP),
        new Estimate(rms, rms == 0 ? 0 : square.error() / (2 * rms)),
        Estimate.mean(sameTop(blocks)),
        means(blocks, BlockResult::referenceNll),
        Quantiles.curve(kl));
  }

  /** Of two perplexities whose logarithms have a covariance, by the delta method. */
  private static Estimate difference(Estimate a, Estimate b, double covariance) {
    double variance =
        a.error() * a.error() + b.error() * b.error() - 2 * a.value() * b.value() * covariance;
    return new Estimate(a.value() - b.value(), Math.sqrt(Math.max(0, variance)));
  }

  private static double[] sameTop(Collection<BlockResult> blocks) {
    return blocks.stream()
        .flatMapToDouble(block -> {
          double[] same = new double[block.sameTop().length];
          Arrays.setAll(same, i -> block.sameTop()[i]);
          return Arrays.stream(same);
        })
        .toArray();
  }

  private static List<Double> means(
      Collection<BlockResult> blocks, Function<BlockResult, float[]> part) {
    return blocks.stream().map(b -> Estimate.average(doubles(part.apply(b)))).toList();
  }

  private static double[] joined(
      Collection<BlockResult> blocks, Function<BlockResult, float[]> part) {
    return blocks.stream().flatMapToDouble(b -> Arrays.stream(doubles(part.apply(b)))).toArray();
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }
}
