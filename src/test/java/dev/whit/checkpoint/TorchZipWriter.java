package dev.whit.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes what torch.save writes: a pickle and the storages that it refers to, in one folder. */
public final class TorchZipWriter {
  private static final String ROOT = "archive/";
  private final byte[] pickle;
  private final Map<String, byte[]> storages = new LinkedHashMap<>();
  private String byteOrder = "little";

  public TorchZipWriter(byte[] pickle) {
    this.pickle = pickle;
  }

  public TorchZipWriter storage(String key, byte[] data) {
    storages.put(key, data);
    return this;
  }

  public TorchZipWriter byteOrder(String value) {
    byteOrder = value;
    return this;
  }

  /** The zip file's writer, for lies about its entries. */
  public ZipWriter zip() {
    ZipWriter zip = new ZipWriter();
    zip.add(ROOT + "data.pkl", pickle);
    zip.add(ROOT + "byteorder", byteOrder.getBytes(StandardCharsets.UTF_8));
    storages.forEach((key, data) -> zip.add(ROOT + "data/" + key, data));
    zip.add(ROOT + "version", "3\n".getBytes(StandardCharsets.UTF_8));
    return zip;
  }

  public byte[] toBytes() {
    return zip().toBytes();
  }
}
