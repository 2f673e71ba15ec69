package dev.whit.kernel;

import org.jspecify.annotations.Nullable;

/**
 * One path of a factorised linear layer, of rank r: {@code post ⊙ (U · (mid ⊙ (V · (pre ⊙ x))))},
 * added to the outputs {@code outOffset … outOffset + out − 1} of the layer.
 *
 * @param outOffset first output that this path adds to
 * @param pre input scale, [in]
 * @param v ±1 factor, [r, in]
 * @param mid scale between the factors, [r]; null is all ones
 * @param u ±1 factor, [out, r]
 * @param post output scale, [out]
 */
public record BinaryFactorPath(
    int outOffset, float[] pre, BitMatrix v, float @Nullable [] mid, BitMatrix u, float[] post) {

  // Written out: javac drops type annotations of a compact constructor's parameters.
  public BinaryFactorPath(
      int outOffset, float[] pre, BitMatrix v, float @Nullable [] mid, BitMatrix u, float[] post) {
    this.outOffset = outOffset;
    this.pre = pre;
    this.v = v;
    this.mid = mid;
    this.u = u;
    this.post = post;
    require("rank of U", u.cols(), "rank of V", v.rows());
    require("pre", pre.length, "inputs", v.cols());
    require("post", post.length, "outputs", u.rows());
    if (mid != null) {
      require("mid", mid.length, "rank", v.rows());
    }
    if (outOffset < 0) {
      throw new IllegalArgumentException("negative output offset " + outOffset);
    }
  }

  /** Rank of the path. */
  public int rank() {
    return v.rows();
  }

  /** Number of inputs. */
  public int inputs() {
    return v.cols();
  }

  /** Number of outputs that this path adds to. */
  public int outputs() {
    return u.rows();
  }

  private static void require(String what, int actual, String ofWhat, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          what + " is " + actual + ", " + ofWhat + " is " + expected);
    }
  }
}
