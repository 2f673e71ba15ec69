package dev.whit.checkpoint.torch;

/**
 * One stored entry of a zip file.
 *
 * @param name slash-separated, without {@code ..}, leading slash or backslash
 * @param header offset of its local header in the file
 * @param offset offset of its first byte in the file
 * @param size number of bytes
 */
record ZipEntry(String name, long header, long offset, long size) {
  long end() {
    return offset + size;
  }
}
