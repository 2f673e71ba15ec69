package dev.whit.model.loading;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a form of checkpoint calls the tensors of a factorised layer.
 *
 * @param name name of the method
 * @param u output factor
 * @param v input factor
 * @param pre input scale
 * @param post output scale
 * @param mid scales between the factors, multiplied
 * @param midRequired whether every path has them
 * @param paths suffix of each path's names; the first path is required
 * @param storage how the factors are stored
 * @param salient what the names of salient columns begin with; empty where there are none
 */
record FactorFormat(
    String name,
    String u,
    String v,
    String pre,
    String post,
    List<String> mid,
    boolean midRequired,
    List<String> paths,
    Storage storage,
    String salient) {

  /** How factors are stored. */
  enum Storage {
    /** {@code _packed} words beside a {@code _shape}, else floats whose signs count. */
    PACKED_OR_LATENT,
    /** {@code _packed} words beside a {@code _shape}, else floats of exactly ±1. */
    PACKED_OR_UNIT,
    /** Words under the factor's own name; the scales' lengths say how many columns count. */
    WORDS
  }

  /** Every known form. */
  static final List<FactorFormat> ALL =
      List.of(
          new FactorFormat(
              "littlebit",
              "U",
              "V",
              "v2",
              "u1",
              List.of("v1", "u2"),
              true,
              List.of("", "_R"),
              Storage.PACKED_OR_LATENT,
              ""),
          new FactorFormat(
              "nanoquant",
              "U",
              "V",
              "scale_pre",
              "scale_post",
              List.of("scale_mid"),
              false,
              List.of(""),
              Storage.PACKED_OR_UNIT,
              "salient_"),
          // The same in GGUF files.
          new FactorFormat(
              "nanoquant",
              "nq_u",
              "nq_v",
              "nq_scale_pre",
              "nq_scale_post",
              List.of("nq_scale_mid"),
              false,
              List.of(""),
              Storage.WORDS,
              "nq_salient_"));

  /** Names of the scales of a path. */
  Stream<String> scales(String path) {
    return Stream.concat(Stream.of(pre, post), mid.stream()).map(scale -> scale + path);
  }

  /** Names under which the factors of a path may be stored. */
  Stream<String> factors(String path) {
    return Stream.of(u + path, v + path)
        .flatMap(factor ->
            storage == Storage.WORDS
                ? Stream.of(factor)
                : Stream.of(factor, factor + "_packed", factor + "_shape"));
  }

  /** Names of the tensors of salient columns, none where the form has no such columns. */
  Stream<String> salientNames() {
    return salient.isEmpty()
        ? Stream.empty()
        : Stream.of("idx", "weight", "scale").map(salient::concat);
  }
}
