package dev.whit.bench.synth;

import dev.whit.bench.synth.RandomTensor.Content;
import dev.whit.model.loading.ModelOutline;
import dev.whit.model.loading.ModelOutline.NamedModule;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a random model. Their scale is such that a layer turns inputs of variance 1 into
 * outputs of about variance 1, so that activations stay in a real model's range.
 */
final class RandomTensors {
  private final SynthSpec spec;
  private final float neutralNorm;
  private final List<RandomTensor> tensors = new ArrayList<>();

  private RandomTensors(SynthSpec spec, ModelOutline outline) {
    this.spec = spec;
    neutralNorm = outline.neutralNorm();
    outline.modules().forEach(this::add);
  }

  /** The tensors of every module of an outline. */
  static List<RandomTensor> of(SynthSpec spec, ModelOutline outline) {
    return List.copyOf(new RandomTensors(spec, outline).tensors);
  }

  private void add(NamedModule module) {
    switch (module.role()) {
      case TABLE -> weight(module, 1);
      case HEAD -> dense(module);
      case LINEAR -> {
        switch (spec.method()) {
          case LITTLEBIT -> littleBit(module);
          case NANOQUANT -> nanoQuant(module);
          case DENSE -> dense(module);
        }
      }
      case RMS_NORM -> constant(module.name() + ".weight", neutralNorm, module.outputs());
      case LAYER_NORM -> {
        constant(module.name() + ".weight", 1, module.outputs());
        constant(module.name() + ".bias", 0, module.outputs());
      }
    }
  }

  /** Uniform in ±√(3/in): variance 1/in. */
  private void dense(NamedModule module) {
    weight(module, (float) Math.sqrt(3.0 / module.inputs()));
  }

  private void weight(NamedModule module, float limit) {
    tensors.add(
        RandomTensor.uniform(
            module.name() + ".weight",
            spec.dtype(),
            -limit,
            limit,
            module.outputs(),
            module.inputs()));
  }

  private void littleBit(NamedModule module) {
    int rank = Ranks.littleBit(spec.bits(), module.inputs(), module.outputs());
    for (String path : List.of("", "_R")) {
      factors(module, path, rank);
      scale(module.name() + ".v2" + path, 1, module.inputs());
      scale(module.name() + ".v1" + path, 1, rank);
      scale(module.name() + ".u2" + path, 1, rank);
      scale(module.name() + ".u1" + path, post(module, 2 * rank), module.outputs());
    }
  }

  private void nanoQuant(NamedModule module) {
    int rank = Ranks.nanoQuant(spec.bits(), module.inputs(), module.outputs());
    factors(module, "", rank);
    scale(module.name() + ".scale_pre", 1, module.inputs());
    scale(module.name() + ".scale_post", post(module, rank), module.outputs());
  }

  private void factors(NamedModule module, String path, int rank) {
    String u = module.name() + ".U" + path;
    String v = module.name() + ".V" + path;
    tensors.add(RandomTensor.signs(u + "_packed", module.outputs(), rank));
    tensors.add(RandomTensor.numbers(u + "_shape", module.outputs(), rank));
    tensors.add(RandomTensor.signs(v + "_packed", rank, module.inputs()));
    tensors.add(RandomTensor.numbers(v + "_shape", rank, module.inputs()));
  }

  /** An output sums {@code terms} products with V, each of variance {@code inputs}. */
  private static float post(NamedModule module, int terms) {
    return (float) (1 / Math.sqrt((double) module.inputs() * terms));
  }

  /** A scale [1, length] of half to one and a half times {@code mean}. */
  private void scale(String name, float mean, int length) {
    tensors.add(RandomTensor.uniform(name, spec.dtype(), mean / 2, 3 * mean / 2, 1, length));
  }

  private void constant(String name, float value, int length) {
    tensors.add(
        new RandomTensor(
            name, spec.dtype(), new long[] {length}, new Content.Uniform(value, value)));
  }
}
