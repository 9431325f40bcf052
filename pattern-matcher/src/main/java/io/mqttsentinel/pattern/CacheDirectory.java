package io.mqttsentinel.pattern;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory of a few files that may be lost. Files appear as a whole; of too many those used
 * longest ago go. What is read ends up as code that runs, so nobody else may write there.
 *
 * @param path is made where there is none
 * @param most files that are kept
 */
record CacheDirectory(Path path, int most) {

  static final String SUFFIX = ".vectorscan";

  private static final String PARTIAL = ".part";
  private static final long LONGEST = 1L << 27;
  private static final long MILLIS_OF_WRITING = 3_600_000;

  /**
   * What was written under the name; empty where nothing was.
   *
   * @throws IOException if there is something, but nothing that may be read
   */
  Optional<byte[]> read(String name) throws IOException {
    Path file = path.resolve(name + SUFFIX);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    requireOwn();
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) || Files.size(file) > LONGEST) {
      throw new IOException(file + " is no file of at most " + LONGEST + " bytes");
    }
    byte[] content = Files.readAllBytes(file);
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis()));
    return Optional.of(content);
  }

  /** Replaces what was written under the name. */
  void write(String name, byte[] content) throws IOException {
    if (!Files.exists(path)) {
      create();
    }
    requireOwn();
    Path partial = Files.createTempFile(path, name, PARTIAL); // readable for this user alone
    try {
      Files.write(partial, content);
      Files.move(
          partial,
          path.resolve(name + SUFFIX),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(partial);
    }
    prune();
  }

  private void create() throws IOException {
    if (isPosix()) {
      Files.createDirectories(path.toAbsolutePath().getParent());
      Files.createDirectories(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectories(path);
    }
  }

  private void requireOwn() throws IOException {
    if (isPosix()) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.contains(PosixFilePermission.GROUP_WRITE)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new IOException(
            "%s has %s, expected a directory that only its owner can write"
                .formatted(path, PosixFilePermissions.toString(permissions)));
      }
    }
  }

  private boolean isPosix() {
    return path.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private void prune() throws IOException {
    long abandoned = System.currentTimeMillis() - MILLIS_OF_WRITING;
    for (Path file : newestFirst(PARTIAL)) {
      if (time(file) < abandoned) {
        Files.deleteIfExists(file);
      }
    }
    for (Path file : newestFirst(SUFFIX).stream().skip(most).toList()) {
      Files.deleteIfExists(file);
    }
  }

  private List<Path> newestFirst(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(path)) {
      return files
          .filter(file -> file.toString().endsWith(suffix))
          .map(file -> new Used(file, time(file)))
          .sorted(Comparator.comparingLong(Used::at).reversed())
          .map(Used::file)
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** When a file was used; long ago if another process took it away meanwhile. */
  private static long time(Path file) {
    try {
      return Files.getLastModifiedTime(file).toMillis();
    } catch (IOException e) {
      return 0;
    }
  }

  private record Used(Path file, long at) {}
}
