package io.mqttsentinel.allinone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The directory of one running laptop; a lock keeps a second one out. */
final class DataDirectory implements AutoCloseable {

  private static final long LEAST_BYTES = 64L << 20;

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing.
   *
   * @throws IOException if it cannot be made, or not be written to; the message says why
   */
  static void prepare(Path path) throws IOException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw unusable(path, "it is a file");
    }
    try {
      Files.createDirectories(path);
      Files.delete(Files.createTempFile(path, "sentinel", ".probe"));
      checkSpace(path, Files.getFileStore(path).getUsableSpace());
    } catch (AccessDeniedException e) {
      throw unusable(path, "permission denied");
    } catch (NoSuchFileException e) { // of file systems that hold what they like, such as /proc
      throw unusable(path, "it cannot be made");
    } catch (FileSystemException e) {
      throw unusable(path, e.getReason() == null ? e.toString() : e.getReason());
    }
  }

  /** A disk that fills up at the start shows as a failure of Kafka, which does not say why. */
  static void checkSpace(Path path, long usableBytes) throws IOException {
    if (usableBytes < LEAST_BYTES) {
      throw unusable(
          path,
          "%d MB are free, expected at least %d".formatted(usableBytes >> 20, LEAST_BYTES >> 20));
    }
  }

  private static IOException unusable(Path path, String reason) {
    return new IOException(
        "the data directory %s cannot be used (%s): choose another with --data"
            .formatted(path, reason));
  }

  /**
   * @throws IOException if the directory cannot be used, or another process uses it
   */
  static DataDirectory open(Path path) throws IOException {
    prepare(path);
    FileChannel channel =
        FileChannel.open(
            path.resolve("sentinel.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isLocked(channel)) {
      channel.close();
      throw new IOException(
          "the data directory %s is used by another running sentinel: choose another with --data"
              .formatted(path));
    }
    return new DataDirectory(path, channel);
  }

  Path kafka() {
    return path.resolve("kafka");
  }

  /** Stores of one process's topologies; two instances of a topology may not share it. */
  Path state(String instance) {
    return path.resolve("state").resolve(instance);
  }

  /** What the pattern matcher compiled; all processes may share it. */
  Path compiledRules() {
    return path.resolve("compiled-rules");
  }

  @Override
  public void close() throws IOException {
    lockFile.close(); // and with it the lock
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null && lock.isValid();
    } catch (OverlappingFileLockException e) { // held by this JVM
      return false;
    }
  }
}
