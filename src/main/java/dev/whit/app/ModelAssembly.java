package dev.whit.app;

import dev.whit.api.ServedModel;
import dev.whit.backend.BackendInfo;
import dev.whit.config.ModelSpec;
import dev.whit.config.WhitConfig;
import dev.whit.engine.DecoderRunner;
import dev.whit.engine.Device;
import dev.whit.engine.Engine;
import dev.whit.engine.EngineConfig;
import dev.whit.kernel.KvType;
import dev.whit.metrics.Metrics;
import dev.whit.metrics.ModelFigures;
import dev.whit.model.ModelConfig;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelSummary;
import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.TokenizerFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Puts a served model together: weights, tokenizer, chat template, memory plan, engine. */
final class ModelAssembly {
  private static final Logger LOG = Logger.getLogger(ModelAssembly.class);
  private static final double MIB = 1 << 20;

  /**
   * Most tokens of a step, while there are fewer sequences: on a CPU enough to use each weight for
   * many tokens, and few enough that a long prompt does not hold up the other sequences for long.
   */
  private static final int STEP_TOKENS = 128;

  private static final int BLOCK_SIZE = 16;

  private final WhitConfig config;
  private final Metrics metrics;
  private final ChatTemplates templates;

  ModelAssembly(WhitConfig config, Metrics metrics) {
    this.config = config;
    this.metrics = metrics;
    this.templates = ChatTemplates.of(config.chatTemplate());
  }

  /**
   * Starts an engine for loaded weights and has it generate a token.
   *
   * @param free bytes for its cache and activations
   * @param loading how long its weights took to load
   */
  HostedModel host(
      ModelSpec spec, LoadedModel loaded, Device device, long free, Duration loading)
      throws InterruptedException {
    long start = System.nanoTime();
    TokenizerFiles text = TokenizerFiles.load(loaded.files().tokenizer());
    loaded.requireTokenizerFits(text.tokenizer().size());
    ChatTemplate template = templates.of(spec.name(), text.chatTemplate());
    MemoryPlan plan = plan(spec, loaded, free);
    EngineConfig limits =
        new EngineConfig(
            config.maxSeqs(),
            stepTokens(config),
            plan.blockSize(),
            plan.blocks(),
            plan.context(),
            config.maxQueue());
    ListenerGate gate = new ListenerGate();
    BackendInfo info = info(loaded, plan, device);
    Engine engine =
        Engine.start(
            spec.name(),
            limits,
            new DecoderRunner(loaded.decoder(), limits, config.kvCache()),
            info,
            device,
            gate);
    WarmUp.run(engine, loaded.stopTokens().stream().findFirst().orElse(0));
    Duration took = loading.plusNanos(System.nanoTime() - start);
    gate.open(metrics.register(spec.name(), figures(info, plan, took)));
    log(spec, loaded.summary(), plan, took);
    return new HostedModel(
        new ServedModel(
            spec.name(),
            engine,
            text.tokenizer(),
            template,
            text.specialTokens(),
            loaded.stopTokens(),
            Instant.now()),
        engine,
        loaded);
  }
}
