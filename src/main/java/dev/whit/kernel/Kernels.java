package dev.whit.kernel;

/**
 * The operations of a forward pass on one device. Activations are f32, row-major, one row per token
 * of the step.
 *
 * <p>Numerics are batch-invariant: a row's result depends on that row (and its sequence's cache)
 * only, never on how many rows or threads there are; the order of every sum is fixed by the shape.
 * On the CPU this holds bit for bit.
 *
 * <p>One thread at a time calls an instance. Operations may be asynchronous to the host; {@link
 * Buffer#read} waits. A shape that does not fit its buffers is an {@link IllegalArgumentException}.
 * Of what a step calls, nothing allocates after it has seen its largest shape (but the plain
 * kernels do, and vectors before they are compiled).
 */
public interface Kernels extends AutoCloseable {
  /** What computes, for logs: "vector (512 bit, 2 threads)". */
  String description();

  /** A zeroed buffer of {@code length} values. */
  Buffer allocate(int length);

  /** A cache of the given shape; its content is undefined until written. */
  KvStore allocateKv(KvShape shape);

  /** Lays out factorised weights for this device; the spec's memory is not needed afterwards. */
  BinaryFactorWeights prepare(BinaryFactorSpec spec);

  /** Takes dense weights; on the CPU the spec's memory must stay mapped while they are used. */
  DenseWeights prepare(DenseSpec spec);

  /**
   * Rounds dense weights to int8, each row to whole multiples of its largest magnitude / 127; the
   * spec's memory is not needed afterwards.
   */
  Int8Weights quantize(DenseSpec spec);

  /**
   * Rows of an embedding table: {@code out[t] = scale · table[tokenIds[t]]}.
   *
   * @param out [tokens, table.inputs]
   */
  void embed(DenseWeights table, BatchLayout batch, float scale, Buffer out);

  /**
   * {@code out = weight ⊙ x / sqrt(mean(x²) + epsilon)} for each row. {@code out} may be {@code x}.
   *
   * @param x [rows, width]
   * @param weight [width]
   * @param out [rows, width]
   */
  void rmsNorm(Buffer x, Buffer weight, float epsilon, int rows, int width, Buffer out);

  /**
   * RMSNorm of each head of each row, in place: {@link #rmsNorm} over the {@code headDim} elements
   * of a head.
   *
   * @param x rows of {@code stride} values; heads of {@code headDim} from {@code offset}
   * @param weight [headDim], the same for every head
   */
  void rmsNormHeads(
      Buffer x,
      Buffer weight,
      float epsilon,
      int rows,
      int stride,
      int offset,
      int heads,
      int headDim);

  /**
   * {@code out = weight ⊙ (x − mean(x)) / sqrt(var(x) + epsilon) + bias} for each row, with the
   * variance of the row itself (divided by its width). {@code out} may be {@code x}.
   *
   * @param x [rows, width]
   * @param weight [width]
   * @param bias [width]
   * @param out [rows, width]
   */
  void layerNorm(
      Buffer x, Buffer weight, Buffer bias, float epsilon, int rows, int width, Buffer out);

  /**
   * Adds learned positions: {@code x[t] += table[positions[t] + offset]}.
   *
   * @param table [positions, width]
   * @param x [tokens, width]
   */
  void addPositions(DenseWeights table, BatchLayout batch, int offset, Buffer x);

  /**
   * {@code y[row, yOffset + o] = Σ_i W[o, i] · x[row, i] (+ bias[o])} for each row.
   *
   * @param weights [outputs, inputs], dense, int8 or factorised
   * @param x [rows, inputs]
   * @param y rows of {@code yStride} values, of which {@code outputs} from {@code yOffset} are
   *     written
   */
  void linear(Weights weights, Buffer x, int rows, Buffer y, int yOffset, int yStride);

  /**
   * Rotates the first {@code rotaryDim} elements of each of the first {@code heads} heads of each
   * row, halves paired (NeoX): {@code (a, b) → (a·cos − b·sin, b·cos + a·sin)} for a at i, b at i +
   * rotaryDim/2.
   *
   * @param x rows of {@code stride} values; heads of {@code headDim} from the row's start
   * @param cos [rows, rotaryDim/2], attention factor included
   * @param sin [rows, rotaryDim/2], attention factor included
   */
  void rope(
      Buffer x,
      int rows,
      int stride,
      int heads,
      int headDim,
      int rotaryDim,
      Buffer cos,
      Buffer sin);

  /**
   * Writes the step's keys and values to their slots in the cache.
   *
   * @param qkv rows of {@code stride} values
   * @param keyOffset where a row's keys begin, [kvHeads, headDim]
   * @param valueOffset where a row's values begin, [kvHeads, headDim]
   */
  void storeKv(
      Buffer qkv,
      int stride,
      int keyOffset,
      int valueOffset,
      BatchLayout batch,
      KvStore cache,
      int layer);

  /**
   * Causal attention of the step's queries over their sequences' cached keys and values (this
   * step's included, so {@link #storeKv} comes first). Softmax in f32.
   *
   * @param qkv rows of {@code stride} values beginning with the queries, [heads, headDim]
   * @param out [tokens, heads · headDim]
   */
  void attention(
      AttentionSpec spec,
      Buffer qkv,
      int stride,
      BatchLayout batch,
      KvStore cache,
      int layer,
      Buffer out);

  /**
   * {@code out = f(gate) ⊙ up} for each row.
   *
   * @param gateUp [rows, 2·width], gate first
   * @param out [rows, width]
   */
  void gatedActivation(Activation f, Buffer gateUp, int rows, int width, Buffer out);

  /**
   * {@code x = f(x)}.
   *
   * @param x [rows, width]
   */
  void activation(Activation f, Buffer x, int rows, int width);

  /**
   * {@code x = cap · tanh(x / cap)}.
   *
   * @param x [rows, width]
   * @param cap above 0
   */
  void softCap(Buffer x, float cap, int rows, int width);

  /** {@code x += y}, the first {@code length} values. */
  void add(Buffer x, Buffer y, int length);

  /**
   * {@code out[i] = x[rowIndex[i]]} for {@code count} rows of {@code width} values. {@code out} is
   * not {@code x}.
   */
  void gatherRows(Buffer x, int width, int[] rowIndex, int count, Buffer out);

  @Override
  void close();
}
