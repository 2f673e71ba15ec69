package dev.whit.checkpoint;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that cannot be used, in one line: which file, which tensor where one is to blame, at which
 * byte where that is known, and why.
 */
public final class CheckpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int MAX_TEXT_LENGTH = 500;

  private final transient Path file;
  private final @Nullable String tensor;
  private final long offset;
  private final String reason;

  private CheckpointException(
      Path file, @Nullable String tensor, long offset, String reason, @Nullable Throwable cause) {
    super(oneLine(describe(file, tensor, offset, reason)), cause);
    this.file = file;
    this.tensor = tensor;
    this.offset = offset;
    this.reason = oneLine(reason);
  }

  /** The file as a whole is to blame. */
  public static CheckpointException file(Path file, String reason) {
    return new CheckpointException(file, null, -1, reason, null);
  }

  /** The file as a whole is to blame, found by another exception. */
  public static CheckpointException file(Path file, String reason, Throwable cause) {
    return new CheckpointException(file, null, -1, reason, cause);
  }

  /** The file is wrong at a byte offset. */
  public static CheckpointException at(Path file, long offset, String reason) {
    return new CheckpointException(file, null, offset, reason, null);
  }

  /** A tensor is to blame. */
  public static CheckpointException tensor(Path file, String tensor, String reason) {
    return new CheckpointException(file, tensor, -1, reason, null);
  }

  private static String describe(Path file, @Nullable String tensor, long offset, String reason) {
    StringBuilder text = new StringBuilder().append(file);
    if (tensor != null) {
      text.append(": tensor ").append(tensor);
    }
    if (offset >= 0) {
      text.append(": byte ").append(offset);
    }
    return text.append(": ").append(reason).toString();
  }

  /** Names in messages are whatever the file says: keeps them to one line of bearable length. */
  private static String oneLine(String text) {
    String cut =
        text.length() > MAX_TEXT_LENGTH ? text.substring(0, MAX_TEXT_LENGTH) + "..." : text;
    return cut.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]", "?");
  }

  /** The file to blame. */
  public Path file() {
    return file;
  }

  /** The tensor to blame, if one is. */
  public @Nullable String tensor() {
    return tensor;
  }

  /** Byte offset in the file, or −1 when not known. */
  public long offset() {
    return offset;
  }

  /** Why, without file, tensor and offset. */
  public String reason() {
    return reason;
  }
}
