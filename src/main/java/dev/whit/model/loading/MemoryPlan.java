package dev.whit.model.loading;

import dev.whit.kernel.KvShape;
import dev.whit.kernel.KvType;
import dev.whit.model.Decoder;
import dev.whit.model.ModelConfig;
import java.util.Locale;

/**
 * How a memory budget is spent, decided before anything is taken: weights, activations of a step,
 * and the key/value cache in what is left.
 *
 * @param context most tokens of a sequence
 * @param blocks blocks of the cache
 * @param blockSize tokens in a block
 * @param weightBytes weights, those included that stay in the pages of mapped files
 * @param workspaceBytes activations of a step
 * @param kvBytes the cache
 * @param kvType its elements
 * @param budgetBytes what there is
 */
public record MemoryPlan(
    int context,
    int blocks,
    int blockSize,
    long weightBytes,
    long workspaceBytes,
    long kvBytes,
    KvType kvType,
    long budgetBytes) {

  /** A cache for less than this, where more was wanted, is refused rather than planned. */
  private static final int MIN_CONTEXT = 256;

  private static final double KIB = 1 << 10;
  private static final double MIB = 1 << 20;

  /**
   * What should fit.
   *
   * @param maxSequences sequences at once
   * @param context tokens of each
   * @param stepTokens most tokens of a step
   * @param kvType element type of the cache
   * @param blockSize tokens in a block
   */
  public record Demand(
      int maxSequences, int context, int stepTokens, KvType kvType, int blockSize) {
    public Demand {
      if (maxSequences < 1 || context < 1 || stepTokens < 1 || blockSize < 1) {
        throw new IllegalArgumentException("nothing to plan for");
      }
    }
  }

  /** A budget that does not hold the model with a usable context; the message has the numbers. */
  public static final class DoesNotFitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DoesNotFitException(String message) {
      super(message);
    }
  }

  /**
   * Plans: blocks for every sequence at full context, or as many as the budget holds; a context
   * that fits those when not even one sequence has it in full.
   *
   * @param weightBytes all weights
   * @throws DoesNotFitException when less than a usable context fits
   */
  public static MemoryPlan of(
      ModelConfig config, long weightBytes, Demand demand, long budgetBytes) {
    long workspace = Decoder.workspaceBytes(config, demand.stepTokens());
    long blockBytes = config.kvBytesPerToken(demand.kvType()) * demand.blockSize();
    int perSequence = Math.ceilDiv(demand.context(), demand.blockSize());
    long affordable = Math.max(0, budgetBytes - weightBytes - workspace) / blockBytes;
    int addressable = KvShape.maxBlocks(demand.blockSize(), config.kvHeads(), config.headDim());
    long wanted = Math.min((long) perSequence * demand.maxSequences(), addressable);
    long blocks = Math.min(wanted, affordable);
    long context = Math.min(demand.context(), blocks * demand.blockSize());
    if (context < Math.min(demand.context(), MIN_CONTEXT)) {
      throw new DoesNotFitException(
          String.format(
              Locale.ROOT,
              "does not fit in %.1f MiB: weights %.1f MiB, activations %.1f MiB,"
                  + " key/value cache %.1f KiB for each token",
              budgetBytes / MIB,
              weightBytes / MIB,
              workspace / MIB,
              config.kvBytesPerToken(demand.kvType()) / KIB));
    }
    return new MemoryPlan(
        (int) context,
        (int) blocks,
        demand.blockSize(),
        weightBytes,
        workspace,
        blocks * blockBytes,
        demand.kvType(),
        budgetBytes);
  }

  /** All bytes that the plan takes. */
  public long totalBytes() {
    return weightBytes + workspaceBytes + kvBytes;
  }

  /** The plan in one paragraph. */
  public String describe() {
    return String.format(
        Locale.ROOT,
        "%.1f MiB of %.1f MiB: weights %.1f MiB, activations %.1f MiB, key/value cache %.1f MiB"
            + " (%s, %d blocks of %d tokens); context %d tokens, %d sequences at full context",
        totalBytes() / MIB,
        budgetBytes / MIB,
        weightBytes / MIB,
        workspaceBytes / MIB,
        kvBytes / MIB,
        kvType.name().toLowerCase(Locale.ROOT),
        blocks,
        blockSize,
        context,
        blocks / Math.ceilDiv(context, blockSize));
  }
}
