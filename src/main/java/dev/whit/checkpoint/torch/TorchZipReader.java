package dev.whit.checkpoint.torch;

import dev.whit.checkpoint.CheckpointException;
import dev.whit.checkpoint.MappedFile;
import dev.whit.checkpoint.Tensor;
import dev.whit.checkpoint.torch.PickleValue.Dict;
import dev.whit.checkpoint.torch.PickleValue.Storage;
import dev.whit.checkpoint.torch.PickleValue.View;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads a state dict that torch.save wrote (1.6 and later): a zip file with a pickle, {@code
 * data.pkl}, whose tensors are views of the storages in {@code data/}, all in one root folder.
 */
public final class TorchZipReader {
  private static final String PICKLE = "data.pkl";

  /** Half a million tensors at about 120 bytes each. */
  private static final long MAX_PICKLE_BYTES = 64L << 20;

  /** Where training scripts put the state dict among other things. */
  private static final List<String> WRAPPERS = List.of("state_dict", "model");

  private final MappedFile file;
  private final StoredZip zip;
  private final String root;

  private TorchZipReader(MappedFile file) {
    this.file = file;
    this.zip = StoredZip.read(file);
    this.root = findRoot();
  }

  /**
   * The tensors of a file's state dict. Its values of other kinds are skipped.
   *
   * @throws CheckpointException when the zip file, the pickle or a tensor is malformed, or the
   *     pickle refers to Python names other than {@link AllowedGlobals}
   */
  public static List<Tensor> read(MappedFile file) {
    return new TorchZipReader(file).read();
  }

  private List<Tensor> read() {
    requireLittleEndian();
    ZipEntry pickle = zip.find(root + PICKLE).orElseThrow();
    if (pickle.size() > MAX_PICKLE_BYTES) {
      throw CheckpointException.at(
          file.path(),
          pickle.offset(),
          "pickle of %d bytes; the limit is %d".formatted(pickle.size(), MAX_PICKLE_BYTES));
    }
    PickleValue top = Unpickler.read(new PickleInput(file, pickle.offset(), pickle.size()));
    List<Tensor> tensors = new ArrayList<>();
    stateDict(top)
        .items()
        .forEach((name, value) -> {
          if (value instanceof View view) {
            tensors.add(tensor(name, view));
          }
        });
    return tensors;
  }

  private String findRoot() {
    List<String> pickles =
        zip.names().stream()
            .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
            .toList();
    if (pickles.size() != 1) {
      throw CheckpointException.file(
          file.path(),
          pickles.isEmpty()
              ? "is a zip file without data.pkl: torch.save did not write it"
              : "is a zip file with several data.pkl: " + pickles);
    }
    String pickle = pickles.getFirst();
    return pickle.substring(0, pickle.length() - PICKLE.length());
  }

  private void requireLittleEndian() {
    zip.find(root + "byteorder")
        .ifPresent(entry -> {
          String order = file.utf8(entry.offset(), Math.min(entry.size(), 16));
          if (!order.strip().equals("little")) {
            throw CheckpointException.at(
                file.path(), entry.offset(), "byte order " + order + "; only little is read");
          }
        });
  }

  /** The dict that holds the tensors: the top-level one, or the one it wraps. */
  private Dict stateDict(PickleValue top) {
    if (top instanceof Dict dict) {
      if (holdsTensors(dict)) {
        return dict;
      }
      for (String wrapper : WRAPPERS) {
        if (dict.items().get(wrapper) instanceof Dict wrapped && holdsTensors(wrapped)) {
          return wrapped;
        }
      }
    }
    throw CheckpointException.file(file.path(), "holds no dict of named tensors");
  }

  private static boolean holdsTensors(Dict dict) {
    return dict.items().values().stream().anyMatch(View.class::isInstance);
  }

  private Tensor tensor(String name, View view) {
    Storage storage = view.storage();
    ZipEntry entry = entry(name, storage);
    try {
      long elements = 1;
      long last = 0;
      for (int d = 0; d < view.shape().length; d++) {
        elements = Math.multiplyExact(elements, view.shape()[d]);
        last =
            Math.addExact(
                last, Math.multiplyExact(Math.max(0, view.shape()[d] - 1), view.strides()[d]));
      }
      // More elements than the storage has would be a view that repeats them (expand): refused, so
      // that a tensor's size is bounded by its file's.
      long span = elements == 0 ? 0 : Math.addExact(last, 1);
      if (elements > storage.elements()
          || Math.addExact(view.offset(), span) > storage.elements()) {
        throw outside(name, view);
      }
      int bytes = storage.dtype().bytes();
      long offset = entry.offset() + view.offset() * bytes;
      return new Tensor(
          name,
          file.path(),
          offset,
          storage.dtype(),
          view.shape(),
          view.strides(),
          file.slice(offset, span * bytes));
    } catch (ArithmeticException e) {
      throw outside(name, view);
    }
  }

  private ZipEntry entry(String name, Storage storage) {
    String path = root + "data/" + storage.key();
    ZipEntry entry =
        zip.find(path)
            .orElseThrow(() ->
                CheckpointException.tensor(
                    file.path(), name, "its storage " + path + " is missing"));
    int bytes = storage.dtype().bytes();
    if (entry.size() % bytes != 0 || entry.size() / bytes != storage.elements()) {
      throw CheckpointException.tensor(
          file.path(),
          name,
          "its storage %s should hold %d %s but has %d bytes"
              .formatted(path, storage.elements(), storage.dtype(), entry.size()));
    }
    return entry;
  }

  private CheckpointException outside(String name, View view) {
    return CheckpointException.tensor(
        file.path(),
        name,
        "size %s, stride %s, offset %d reach outside its storage of %d elements"
            .formatted(
                Arrays.toString(view.shape()),
                Arrays.toString(view.strides()),
                view.offset(),
                view.storage().elements()));
  }
}
