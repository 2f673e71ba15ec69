package dev.whit.bench;

import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import java.util.ArrayList;
import java.util.List;

/**
 * What to measure.
 *
 * @param threads thread counts, one after another
 * @param prompts lengths of prompts
 * @param batches numbers of sequences that decode at once
 * @param generate tokens that each of them generates
 * @param stepTokens most tokens of a step: longer prompts take several, as in the engine
 * @param warmUpSeconds how long each workload runs, once at least, before it is timed: code is
 *     compiled while it runs
 * @param repetitions timed runs of each workload
 * @param kvType element type of the cache
 * @param head how the output head is kept
 */
public record BenchSpec(
    List<Integer> threads,
    List<Integer> prompts,
    List<Integer> batches,
    int generate,
    int stepTokens,
    double warmUpSeconds,
    int repetitions,
    KvType kvType,
    HeadType head) {

  public BenchSpec {
    threads = List.copyOf(threads);
    prompts = List.copyOf(prompts);
    batches = List.copyOf(batches);
    if (threads.isEmpty() || repetitions < 1 || stepTokens < 1) {
      throw new IllegalArgumentException("nothing to measure");
    }
  }

  /** The workloads, for each thread count the same. A batch of prompts is but a longer prompt. */
  public List<Workload> workloads() {
    List<Workload> workloads = new ArrayList<>();
    prompts.forEach(tokens -> workloads.add(new Workload(Workload.Phase.PREFILL, tokens, 1)));
    batches.forEach(batch -> workloads.add(new Workload(Workload.Phase.DECODE, generate, batch)));
    return workloads;
  }

  /** Tokens of the longest sequence. */
  public int context() {
    return workloads().stream().mapToInt(Workload::tokens).max().orElse(1);
  }

  /** Most sequences at once. */
  public int maxSequences() {
    return workloads().stream().mapToInt(Workload::batch).max().orElse(1);
  }
}
