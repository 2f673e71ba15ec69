package dev.whit.cli;

import dev.whit.app.MemoryBudget;
import dev.whit.config.InvalidSettingException;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelSummary;
import java.nio.file.Path;

/** Refuses with the numbers what would end in running out of memory. */
final class MemoryRoom {
  private MemoryRoom() {}

  /**
   * Takes room for a model from a budget.
   *
   * @param target what it is loaded from
   * @param demand what must fit beside its weights, all of it
   * @param option what asks for that, for the message
   * @throws InvalidSettingException if the weights fit, but not what is demanded
   * @throws RuntimeException if not even the weights do, see {@link MemoryBudget#plan}
   */
  static void require(
      MemoryBudget budget,
      Path target,
      ModelSummary summary,
      HeadType head,
      MemoryPlan.Demand demand,
      String option) {
    MemoryBudget.Weights weights = MemoryBudget.estimate(summary, head);
    long free = budget.free(weights.mapped()) + weights.mapped();
    MemoryPlan plan = MemoryBudget.plan(target, summary.config(), weights.total(), demand, free);
    int sequences = plan.blocks() / Math.ceilDiv(demand.context(), plan.blockSize());
    if (sequences < demand.maxSequences()) {
      throw new InvalidSettingException(option + ": " + plan.describe());
    }
    budget.take(weights.heap(), weights.mapped());
  }
}
