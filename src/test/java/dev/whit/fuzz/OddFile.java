package dev.whit.fuzz;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** What may be in a file's place and is not a file with contents. */
enum OddFile {
  MISSING {
    @Override
    void make(Path path) {}
  },
  EMPTY {
    @Override
    void make(Path path) throws IOException {
      Files.createFile(path);
    }
  },
  DIRECTORY {
    @Override
    void make(Path path) throws IOException {
      Files.createDirectory(path);
    }
  },
  LINK_TO_NOTHING {
    @Override
    void make(Path path) throws IOException {
      Files.createSymbolicLink(path, Path.of("nothing-here"));
    }
  },
  LINK_TO_ITSELF {
    @Override
    void make(Path path) throws IOException {
      Files.createSymbolicLink(path, path.getFileName());
    }
  },
  LINK_TO_ENDLESS_ZEROS {
    @Override
    void make(Path path) throws IOException {
      Files.createSymbolicLink(path, Path.of("/dev/zero"));
    }
  },
  LINK_TO_MEMORY {
    @Override
    void make(Path path) throws IOException {
      Files.createSymbolicLink(path, Path.of("/proc/self/mem"));
    }
  },
  PIPE {
    @Override
    void make(Path path) throws IOException {
      new ProcessBuilder("mkfifo", path.toString()).start().onExit().join();
    }
  },
  SPARSE {
    @Override
    void make(Path path) throws IOException {
      try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
        file.setLength(1L << 33);
      }
    }
  };

  abstract void make(Path path) throws IOException;

  /** Puts one of them at a path where nothing is. */
  static void create(Path path, Random random) throws IOException {
    values()[random.nextInt(values().length)].make(path);
  }
}
