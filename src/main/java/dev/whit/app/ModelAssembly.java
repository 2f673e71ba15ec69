package dev.whit.app;

import dev.whit.api.ServedModel;
import dev.whit.backend.BackendInfo;
import dev.whit.config.ModelSpec;
import dev.whit.config.WhitConfig;
import dev.whit.engine.DecoderRunner;
import dev.whit.engine.Device;
import dev.whit.engine.Engine;
import dev.whit.engine.EngineConfig;
import dev.whit.metrics.Metrics;
import dev.whit.metrics.ModelFigures;
import dev.whit.model.ModelConfig;
import dev.whit.model.loading.LoadedModel;
import dev.whit.model.loading.MemoryPlan;
import dev.whit.model.loading.ModelSummary;
import dev.whit.tokenizer.ChatTemplate;
import dev.whit.tokenizer.TokenizerFiles;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logging.Logger;

/** Puts a served model together: weights, tokenizer, chat template, memory plan, engine. */
final class ModelAssembly {
  private static final Logger LOG = Logger.getLogger(ModelAssembly.class);

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
   * @param weights memory that its weights have taken
   * @param free bytes for its cache and activations
   * @param loading how long its weights took to load
   */
  HostedModel host(
      ModelSpec spec,
      LoadedModel loaded,
      MemoryBudget.Weights weights,
      Device device,
      long free,
      Duration loading)
      throws InterruptedException {
    TokenizerFiles text = ModelText.of(loaded.files().tokenizer());
    try {
      return host(spec, loaded, text, weights, device, free, loading);
    } catch (Throwable e) {
      text.tokenizer().close();
      throw e;
    }
  }

  private HostedModel host(
      ModelSpec spec,
      LoadedModel loaded,
      TokenizerFiles text,
      MemoryBudget.Weights weights,
      Device device,
      long free,
      Duration loading)
      throws InterruptedException {
    long start = System.nanoTime();
    loaded.requireTokenizerFits(text.file(), text.tokenizer().size());
    ChatTemplate template = templates.of(spec.name(), text.chatTemplate());
    MemoryPlan.Demand demand = demand(spec, loaded.config());
    // The weights are loaded and no longer part of what is free.
    MemoryPlan plan =
        MemoryBudget.plan(
            spec.target(), loaded.config(), weights.total(), demand, weights.total() + free);
    EngineConfig limits =
        new EngineConfig(
            demand.maxSequences(),
            demand.stepTokens(),
            plan.blockSize(),
            plan.blocks(),
            plan.context(),
            config.maxQueue(),
            config.maxQueueTokens());
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
    warmUp(engine, spec, loaded);
    Duration took = loading.plusNanos(System.nanoTime() - start);
    gate.openWhenIdle(metrics.register(spec.name(), figures(info, plan, took), engine::isHealthy));
    log(spec, loaded.summary(), plan, took);
    return new HostedModel(
        spec,
        new ServedModel(
            spec.name(),
            engine,
            text.tokenizer(),
            template,
            text.specialTokens(),
            StopTokens.of(loaded.stopTokens(), text),
            Instant.now()),
        engine,
        loaded,
        weights,
        plan);
  }

  private static void warmUp(Engine engine, ModelSpec spec, LoadedModel loaded)
      throws InterruptedException {
    int vocabulary = loaded.config().vocabSize();
    // Settings may name a stop token that the model has no row for: it never comes.
    int token = loaded.stopTokens().stream().filter(id -> id < vocabulary).findFirst().orElse(0);
    try {
      WarmUp.run(engine, spec.target(), token);
    } catch (Throwable e) {
      engine.close();
      throw e;
    }
  }

  private MemoryPlan.Demand demand(ModelSpec spec, ModelConfig model) {
    int wanted = spec.context().orElse(config.ctxSize().orElse(model.maxPositions()));
    if (wanted > model.maxPositions()) {
      LOG.warnf(
          "%s: a context of %d tokens was asked for, the model was made for %d: that is the limit",
          spec.name(), wanted, model.maxPositions());
    }
    return MemoryBudget.demand(
        config.maxSeqs(), Math.min(wanted, model.maxPositions()), config.kvCache());
  }

  private static BackendInfo info(LoadedModel loaded, MemoryPlan plan, Device device) {
    ModelSummary summary = loaded.summary();
    return new BackendInfo(
        summary.format(),
        summary.config().modelType(),
        plan.context(),
        summary.config().vocabSize(),
        summary.config().embeddingSize(),
        summary.bitsPerWeight(),
        summary.parameters(),
        bytesByPart(summary.bytes()),
        summary.licence(),
        device.kernels().description());
  }

  private static Map<String, Long> bytesByPart(ModelSummary.WeightBytes bytes) {
    Map<String, Long> parts = new LinkedHashMap<>();
    parts.put("embeddings", bytes.embeddings());
    parts.put("head", bytes.head());
    parts.put("linears", bytes.linears());
    parts.put("norms", bytes.norms());
    return parts;
  }

  private static ModelFigures figures(BackendInfo info, MemoryPlan plan, Duration load) {
    return new ModelFigures(
        info.maxContext(),
        plan.blockSize(),
        plan.blocks(),
        plan.kvBytes(),
        info.bytes(),
        info.bitsPerWeight(),
        load);
  }

  private static void log(ModelSpec spec, ModelSummary summary, MemoryPlan plan, Duration took) {
    LOG.infof(
        "%s: %s, %s, %.3f bits/weight, ready after %.1f s; %s",
        spec.name(),
        summary.config().modelType(),
        summary.format(),
        summary.bitsPerWeight(),
        took.toNanos() * 1e-9,
        plan.describe());
  }
}
