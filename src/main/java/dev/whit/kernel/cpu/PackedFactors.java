package dev.whit.kernel.cpu;

import dev.whit.kernel.BinaryFactorPath;
import dev.whit.kernel.BinaryFactorSpec;
import dev.whit.kernel.BinaryFactorWeights;
import dev.whit.kernel.BitMatrix;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A factorised linear layer laid out for {@link BinaryFactorProduct}. Paths with the same input
 * scale share one stacked V factor, so that their lookup tables are built once.
 */
final class PackedFactors implements BinaryFactorWeights {
  /** Outputs are given to workers in units of this many. */
  private static final int UNIT = PackedSigns.BLOCK;

  /**
   * Paths that share their input scale.
   *
   * @param pre input scale, [in]
   * @param v the paths' V factors, stacked
   * @param hiddenOffset where their rows begin among the layer's hidden values
   */
  record InputGroup(float[] pre, PackedSigns v, int hiddenOffset) {}

  /**
   * The second half of a path.
   *
   * @param outOffset first output it adds to
   * @param outputs number of outputs
   * @param hiddenOffset where its rank begins among the layer's hidden values
   * @param mid scale between the factors, [rank]; null is all ones
   * @param u the U factor, [outputs, rank]
   * @param post output scale, [outputs]
   */
  record OutputPath(
      int outOffset,
      int outputs,
      int hiddenOffset,
      float @Nullable [] mid,
      PackedSigns u,
      float[] post) {}

  private final int inputs;
  private final int outputs;
  // Arrays: every step goes through them, and iterators of lists are objects.
  private final InputGroup[] groups;
  private final OutputPath[] paths;
  private final SalientProduct.Columns[] salient;
  private final float @Nullable [] bias;
  private final int hidden;
  private final long[] costBefore; // words of U before output unit i
  private final long residentBytes;

  private PackedFactors(
      BinaryFactorSpec spec, List<InputGroup> groups, List<OutputPath> paths, int hidden) {
    inputs = spec.inputs();
    outputs = spec.outputs();
    this.groups = groups.toArray(InputGroup[]::new);
    this.paths = paths.toArray(OutputPath[]::new);
    salient =
        spec.salient().stream()
            .map(SalientProduct.Columns::of)
            .toArray(SalientProduct.Columns[]::new);
    bias = spec.bias();
    this.hidden = hidden;
    costBefore = costs(outputs, paths);
    residentBytes =
        bytes(groups, paths, bias)
            + Arrays.stream(salient).mapToLong(SalientProduct.Columns::bytes).sum();
  }

  /** Lays out a layer; the spec's bit matrices are not needed afterwards. */
  static PackedFactors of(BinaryFactorSpec spec, SignMemory memory, WorkerTeam team) {
    List<InputGroup> groups = new ArrayList<>();
    List<OutputPath> paths = new ArrayList<>();
    int hidden = 0;
    for (List<BinaryFactorPath> sharing : byInputScale(spec.paths())) {
      List<BitMatrix> factors = sharing.stream().map(BinaryFactorPath::v).toList();
      PackedSigns v = PackedSigns.of(factors, memory, team);
      groups.add(new InputGroup(sharing.getFirst().pre(), v, hidden));
      for (BinaryFactorPath path : sharing) {
        PackedSigns u = PackedSigns.of(List.of(path.u()), memory, team);
        paths.add(
            new OutputPath(path.outOffset(), path.outputs(), hidden, path.mid(), u, path.post()));
        hidden = Math.addExact(hidden, PackedSigns.blocks(path.rank()) * PackedSigns.BLOCK);
      }
    }
    return new PackedFactors(spec, groups, paths, hidden);
  }

  private static Collection<List<BinaryFactorPath>> byInputScale(List<BinaryFactorPath> paths) {
    Map<FloatBuffer, List<BinaryFactorPath>> sharing = new LinkedHashMap<>();
    for (BinaryFactorPath path : paths) {
      sharing.computeIfAbsent(FloatBuffer.wrap(path.pre()), pre -> new ArrayList<>()).add(path);
    }
    return sharing.values();
  }

  @Override
  public int inputs() {
    return inputs;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  /** The paths' first halves. */
  InputGroup[] groups() {
    return groups;
  }

  /** The paths' second halves, in the order in which their outputs are summed. */
  OutputPath[] paths() {
    return paths;
  }

  /** Columns beside the paths. */
  SalientProduct.Columns[] salient() {
    return salient;
  }

  /** Output bias, [outputs], or null. */
  float @Nullable [] bias() {
    return bias;
  }

  /** Hidden values between the factors: every path's rank, padded to whole blocks. */
  int hidden() {
    return hidden;
  }

  /** Panels of V, whose partial sums make the hidden values. */
  int inputPanels() {
    return groups[0].v().panels();
  }

  /**
   * Where the outputs of worker {@code worker} of {@code workers} begin, so that all have about as
   * many words of U to read; for {@code worker == workers}, the number of outputs.
   */
  int firstOutput(int worker, int workers) {
    long goal = costBefore[costBefore.length - 1] * worker / workers;
    int found = Arrays.binarySearch(costBefore, goal);
    int unit = found >= 0 ? found : -found - 1;
    return worker == workers ? outputs : Math.min(unit * UNIT, outputs);
  }

  @Override
  public long residentBytes() {
    return residentBytes;
  }

  @Override
  public void close() {}

  /** Words of U before each unit of outputs, and in all. */
  private static long[] costs(int outputs, List<OutputPath> paths) {
    int units = Math.ceilDiv(outputs, UNIT);
    long[] before = new long[units + 1];
    for (OutputPath path : paths) {
      int first = path.outOffset() / UNIT;
      int last = (path.outOffset() + path.outputs() - 1) / UNIT;
      for (int unit = first; unit <= last; unit++) {
        before[unit + 1] += path.u().wordsPerRow();
      }
    }
    // One for each unit besides: outputs that no path covers are written too.
    for (int unit = 0; unit < units; unit++) {
      before[unit + 1] += before[unit] + 1;
    }
    return before;
  }

  private static long bytes(
      List<InputGroup> groups, List<OutputPath> paths, float @Nullable [] bias) {
    long signs = 0;
    long floats = bias == null ? 0 : bias.length;
    for (InputGroup group : groups) {
      signs += group.v().bytes();
      floats += group.pre().length;
    }
    for (OutputPath path : paths) {
      signs += path.u().bytes();
      floats += path.post().length + (path.mid() == null ? 0 : path.mid().length);
    }
    return signs + floats * Float.BYTES;
  }
}
