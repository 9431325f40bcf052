package io.mqttsentinel.pattern;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What Vectorscan compiled, kept in files: a start or a reload with patterns that were compiled
 * before takes milliseconds instead of seconds. A file counts only for the same patterns, library
 * and processor, and as it was written; in any other case they are compiled as if there were none.
 * Shared by threads.
 */
final class DatabaseCache {

  /** Keeps nothing. */
  static final DatabaseCache OFF = new DatabaseCache(null);

  /** Fewer patterns compile about as fast as a file is read. */
  static final int LEAST_PATTERNS = 16;

  /** Four sets of rules, of about ten databases each. */
  static final int MOST_FILES = 40;

  private static final Logger LOG = LoggerFactory.getLogger(DatabaseCache.class);
  private static final int DIGEST_BYTES = 32;

  private final CacheDirectory directory;
  private final AtomicBoolean complained = new AtomicBoolean();

  private DatabaseCache(CacheDirectory directory) {
    this.directory = directory;
  }

  /**
   * @param directory is made where there is none, for this user alone
   */
  static DatabaseCache in(Path directory) {
    return new DatabaseCache(new CacheDirectory(directory, MOST_FILES));
  }

  /**
   * The database of these patterns, from a file or compiled.
   *
   * @throws RegexSyntaxException naming the expression that Vectorscan refuses
   */
  MemorySegment database(VectorscanLibrary library, List<PayloadPattern> patterns) {
    if (directory == null || patterns.size() < LEAST_PATTERNS) {
      return library.compile(patterns);
    }
    byte[] key = key(library, patterns);
    return read(library, key)
        .orElseGet(
            () -> {
              MemorySegment compiled = library.compile(patterns);
              write(key, library.serialized(compiled));
              return compiled;
            });
  }

  private Optional<MemorySegment> read(VectorscanLibrary library, byte[] key) {
    String name = HexFormat.of().formatHex(key);
    try {
      Optional<byte[]> file = directory.read(name);
      Optional<MemorySegment> database =
          file.flatMap(content -> opened(content, key)).flatMap(library::deserialized);
      if (file.isPresent() && database.isEmpty()) {
        complain(name + " is not what was written");
      }
      return database;
    } catch (IOException e) {
      complain(e.toString());
      return Optional.empty();
    }
  }

  private void write(byte[] key, byte[] database) {
    byte[] digest = sha256().digest(joined(key, database));
    try {
      directory.write(HexFormat.of().formatHex(key), joined(digest, database));
    } catch (IOException e) {
      complain(e.toString());
    }
  }

  /** The database in a file, where it is whole and belongs to the key. */
  private static Optional<byte[]> opened(byte[] content, byte[] key) {
    if (content.length <= DIGEST_BYTES) {
      return Optional.empty();
    }
    byte[] digest = Arrays.copyOf(content, DIGEST_BYTES);
    byte[] database = Arrays.copyOfRange(content, DIGEST_BYTES, content.length);
    boolean same = MessageDigest.isEqual(digest, sha256().digest(joined(key, database)));
    return same ? Optional.of(database) : Optional.empty();
  }

  private void complain(String reason) {
    if (complained.compareAndSet(false, true)) {
      LOG.warn(
          "Rules are compiled, not taken from the cache {}: {}; said once",
          directory.path(),
          reason);
    }
  }

  private static byte[] key(VectorscanLibrary library, List<PayloadPattern> patterns) {
    MessageDigest digest = sha256();
    add(digest, library.version().getBytes(StandardCharsets.UTF_8));
    add(digest, library.platform());
    for (PayloadPattern pattern : patterns) { // the place is the id
      List<String> alternatives = pattern.alternatives();
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, alternatives.size()));
      alternatives.forEach(text -> add(digest, text.getBytes(StandardCharsets.UTF_8)));
    }
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, VectorscanLibrary.FLAGS));
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, VectorscanLibrary.MODE_BLOCK));
    return digest.digest();
  }

  private static void add(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, bytes.length));
    digest.update(bytes);
  }

  private static byte[] joined(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
