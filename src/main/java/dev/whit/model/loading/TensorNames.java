package dev.whit.model.loading;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a checkpoint calls the modules of a model. A module's tensors are {@code weight} and {@code
 * bias}, or factors, under its name. The names of a layer's parts are relative to the layer, all
 * others but the head's to the root.
 *
 * @param roots what may stand before every name but the head's, most usual first
 * @param parts names of the parts that there may be
 * @param normOffset what is added to the weights of RMSNorms: 1 where they are stored as distances
 *     from 1
 * @param interleavedHeads whether the halves of query and key heads are interleaved
 */
record TensorNames(
    List<String> roots, Map<Part, String> parts, float normOffset, boolean interleavedHeads) {
  /** A part of a model. */
  enum Part {
    /** Token embedding. */
    EMBEDDING,
    /** Learned positions. */
    POSITIONS,
    PROJECT_IN,
    PROJECT_OUT,
    FINAL_NORM,
    HEAD,
    /** The module that holds the layers by number. */
    LAYERS,
    /** Norm at attention's input, or after its sum. */
    ATTENTION_NORM,
    /** Norm of attention's output before it is added. */
    ATTENTION_OUTPUT_NORM,
    /** Norm at the feed-forward layer's input, or after its sum. */
    MLP_NORM,
    /** Norm of the feed-forward layer's output before it is added. */
    MLP_OUTPUT_NORM,
    QUERY_NORM,
    KEY_NORM,
    /** q‖k‖v as one layer; where absent, there is one each. */
    QKV,
    QUERY,
    KEY,
    VALUE,
    OUTPUT,
    /** gate‖up as one layer; where absent, there is one each. */
    GATE_UP,
    GATE,
    UP,
    DOWN
  }

  TensorNames {
    roots = List.copyOf(roots);
    parts = Map.copyOf(parts);
  }

  /** The name of a part that every checkpoint of the family has. */
  String of(Part part) {
    return find(part).orElseThrow(() -> new IllegalStateException("no name for " + part));
  }

  /** The name of a part that not every family has. */
  Optional<String> find(Part part) {
    return Optional.ofNullable(parts.get(part));
  }

  /** The same with some names changed or added. */
  TensorNames with(Map<Part, String> changes) {
    Map<Part, String> merged = new EnumMap<>(parts);
    merged.putAll(changes);
    return new TensorNames(roots, merged, normOffset, interleavedHeads);
  }

  /** The same with norms that are stored as distances from 1. */
  TensorNames withNormsAroundOne() {
    return new TensorNames(roots, parts, 1, interleavedHeads);
  }

  /** The same under other roots. */
  TensorNames under(String... others) {
    return new TensorNames(List.of(others), parts, normOffset, interleavedHeads);
  }

  /** The same with query and key heads whose halves are interleaved. */
  TensorNames withInterleavedHeads() {
    return new TensorNames(roots, parts, normOffset, true);
  }
}
