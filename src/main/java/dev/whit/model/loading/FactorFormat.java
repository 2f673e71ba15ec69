package dev.whit.model.loading;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a method calls the tensors of a factorised layer. Both call the ±1 factors {@code U} and
 * {@code V}; the names of the scales tell the methods apart.
 *
 * @param name name of the format
 * @param pre input scale
 * @param post output scale
 * @param mid scales between the factors, multiplied
 * @param midRequired whether every path has them
 * @param paths suffix of each path's names; the first path is required
 * @param unitLatents whether unpacked factors hold exactly ±1 (else floats whose signs count)
 */
record FactorFormat(
    String name,
    String pre,
    String post,
    List<String> mid,
    boolean midRequired,
    List<String> paths,
    boolean unitLatents) {

  /** Every known method. */
  static final List<FactorFormat> ALL =
      List.of(
          new FactorFormat(
              "littlebit", "v2", "u1", List.of("v1", "u2"), true, List.of("", "_R"), false),
          new FactorFormat(
              "nanoquant",
              "scale_pre",
              "scale_post",
              List.of("scale_mid"),
              false,
              List.of(""),
              true));

  private static final List<String> FACTORS = List.of("U", "V");

  /** Names of the scales of a path. */
  Stream<String> scales(String path) {
    return Stream.concat(Stream.of(pre, post), mid.stream()).map(scale -> scale + path);
  }

  /** Names under which the factors of a path may be stored. */
  static Stream<String> factors(String path) {
    return FACTORS.stream()
        .map(factor -> factor + path)
        .flatMap(factor -> Stream.of(factor, factor + "_packed", factor + "_shape"));
  }
}
