package dev.whit.eval;

import dev.whit.kernel.KvType;
import dev.whit.model.loading.HeadType;
import dev.whit.model.loading.ModelSource;
import dev.whit.tokenizer.Tokenizer;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is to be evaluated, and how.
 *
 * @param model the model
 * @param reference what it is compared with, or null
 * @param text UTF-8 text to predict, or null
 * @param choices multiple-choice questions, see {@link Question}, or null
 * @param block tokens of a block of the text
 * @param maxBlocks most blocks that are used
 * @param stepTokens most tokens of a step
 * @param threads threads that compute
 * @param kvType element type of the caches
 * @param head how output heads are kept
 * @param directory where results are kept as they come, to go on from; null to keep none
 */
public record EvalSpec(
    Model model,
    @Nullable Model reference,
    @Nullable Path text,
    @Nullable Path choices,
    int block,
    int maxBlocks,
    int stepTokens,
    int threads,
    KvType kvType,
    HeadType head,
    @Nullable Path directory) {

  /** A model's files and its tokenizer, which the caller closes. */
  public record Model(ModelSource source, Tokenizer tokenizer) {}
}
