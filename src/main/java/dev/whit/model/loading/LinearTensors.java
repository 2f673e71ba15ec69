package dev.whit.model.loading;

import dev.whit.checkpoint.Tensor;
import java.util.List;
import java.util.Optional;

/**
 * The tensors of one linear layer, of checked shapes, not yet read. What form it has is decided by
 * which tensors are there.
 */
sealed interface LinearTensors {
  /** Name of the module, as in the checkpoint. */
  String name();

  /** Number of inputs. */
  int inputs();

  /** Number of outputs. */
  int outputs();

  /** [outputs], if the checkpoint has one. */
  Optional<Tensor> bias();

  /** Name of the on-disk form: "dense", "littlebit", "nanoquant". */
  String format();

  /** Rank of each path; none for a dense layer. */
  List<Integer> ranks();

  /** Bits that stand for the matrix: ±1 elements count one, scales and floats as stored. */
  long bits();

  /** Bytes of its tensors in the file, bias included. */
  long storedBytes();

  /** In which order the rows of its matrix, outputs, are stored. */
  RowOrder rows();

  /** A float or block-quantised matrix [outputs, inputs]. */
  record Dense(String name, Tensor weight, Optional<Tensor> bias, RowOrder rows)
      implements LinearTensors {
    @Override
    public int inputs() {
      return (int) weight.shape()[1];
    }

    @Override
    public int outputs() {
      return (int) weight.shape()[0];
    }

    @Override
    public String format() {
      return "dense";
    }

    @Override
    public List<Integer> ranks() {
      return List.of();
    }

    @Override
    public long bits() {
      return bytes(weight) * Byte.SIZE;
    }

    @Override
    public long storedBytes() {
      return bytes(weight) + bias.map(LinearTensors::bytes).orElse(0L);
    }
  }

  /** A sum of paths of ±1 factors and scales, and of columns beside them. */
  record Factored(
      String name,
      String format,
      List<Path> paths,
      Optional<Salient> salient,
      Optional<Tensor> bias,
      RowOrder rows)
      implements LinearTensors {
    @Override
    public int inputs() {
      return paths.getFirst().v().cols();
    }

    @Override
    public int outputs() {
      return paths.getFirst().u().rows();
    }

    @Override
    public List<Integer> ranks() {
      return paths.stream().map(path -> path.u().cols()).toList();
    }

    @Override
    public long bits() {
      return paths.stream().mapToLong(Path::bits).sum()
          + salient.map(Salient::storedBytes).orElse(0L) * Byte.SIZE;
    }

    @Override
    public long storedBytes() {
      return paths.stream().mapToLong(Path::storedBytes).sum()
          + salient.map(Salient::storedBytes).orElse(0L)
          + bias.map(LinearTensors::bytes).orElse(0L);
    }
  }

  /**
   * Columns that are kept as they are: {@code y += weight · x[index]}.
   *
   * @param index [k]
   * @param weight [outputs, k], floats, or signed bytes
   * @param scale [k], of columns in bytes
   */
  record Salient(Tensor index, Tensor weight, Optional<Tensor> scale) {
    long storedBytes() {
      return bytes(index) + bytes(weight) + scale.map(LinearTensors::bytes).orElse(0L);
    }
  }

  /**
   * One path: {@code post ⊙ (U · (Π mid ⊙ (V · (pre ⊙ x))))}.
   *
   * @param pre [inputs]
   * @param v [rank, inputs]
   * @param mid none, one or two scales whose product stands between the factors, [rank] each
   * @param u [outputs, rank]
   * @param post [outputs]
   */
  record Path(Tensor pre, SignTensor v, List<Tensor> mid, SignTensor u, Tensor post) {
    private long scaleBytes() {
      return bytes(pre) + bytes(post) + mid.stream().mapToLong(LinearTensors::bytes).sum();
    }

    long bits() {
      long signs = (long) v.rows() * v.cols() + (long) u.rows() * u.cols();
      return signs + scaleBytes() * Byte.SIZE;
    }

    long storedBytes() {
      return bytes(v.tensor()) + bytes(u.tensor()) + scaleBytes();
    }
  }

  /** A ±1 matrix as stored. */
  sealed interface SignTensor {
    /** The tensor that holds it. */
    Tensor tensor();

    int rows();

    int cols();

    /** Sign words, {@code ceil(cols/32)} a row. */
    record Packed(Tensor tensor, int rows, int cols) implements SignTensor {}

    /**
     * Floats whose signs count; 0 and −0 are +1.
     *
     * @param unit whether every value has to be +1 or −1
     */
    record Latent(Tensor tensor, boolean unit) implements SignTensor {
      @Override
      public int rows() {
        return (int) tensor.shape()[0];
      }

      @Override
      public int cols() {
        return (int) tensor.shape()[1];
      }
    }
  }

  private static long bytes(Tensor tensor) {
    return tensor.dtype().byteSize(tensor.elements());
  }
}
