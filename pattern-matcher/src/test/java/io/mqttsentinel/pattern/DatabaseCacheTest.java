package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies in the cache, the engine that comes out of it is that of the patterns. */
final class DatabaseCacheTest {

  @TempDir private Path temporary;
  private Path directory;

  @BeforeEach
  void name() {
    directory = temporary.resolve("compiled");
  }

  @Test
  void whatWasCompiledIsTakenFromTheFile() throws Exception {
    assertMatches(compile("a"), "a");
    Path file = onlyFile();
    byte[] written = Files.readAllBytes(file);
    Object key = Files.readAttributes(file, "unix:ino").get("ino");
    assertMatches(compile("a"), "a");
    assertEquals(key, Files.readAttributes(file, "unix:ino").get("ino"), "written again");
    assertArrayEquals(written, Files.readAllBytes(file));
  }

  @Test
  void otherPatternsAndAnotherOrderAreOtherFiles() throws Exception {
    assertMatches(compile("a"), "a");
    assertMatches(compile("b"), "b");
    List<PayloadPattern> reversed = patterns("a").reversed();
    VectorscanEngine engine = VectorscanEngine.compile(reversed, DatabaseCache.in(directory));
    assertEquals(List.of(15), hits(engine, "a0!"));
    assertEquals(3, files().size());
  }

  @Test
  void brokenFilesAreCompiledAnewAndReplaced() throws Exception {
    assertMatches(compile("a"), "a");
    Path file = onlyFile();
    byte[] good = Files.readAllBytes(file);
    byte[] flipped = good.clone();
    flipped[good.length / 2] ^= 1;
    byte[] digestFlipped = good.clone();
    digestFlipped[3] ^= 1;
    for (byte[] bad :
        List.of(
            new byte[0],
            new byte[32],
            Arrays.copyOf(good, 31),
            Arrays.copyOf(good, good.length - 1),
            Arrays.copyOf(good, good.length + 1),
            "what is this?".repeat(9).getBytes(UTF_8),
            flipped,
            digestFlipped)) {
      Files.write(file, bad);
      assertMatches(compile("a"), "a");
      assertArrayEquals(good, Files.readAllBytes(file));
    }
  }

  @Test
  void theFileOfOtherPatternsIsNotTaken() throws Exception {
    assertMatches(compile("a"), "a");
    Path file = onlyFile();
    byte[] ofA = Files.readAllBytes(file);
    Files.delete(file);
    assertMatches(compile("b"), "b");
    Files.write(onlyFile(), ofA);
    assertMatches(compile("b"), "b");
    assertNotEquals(-1, Arrays.mismatch(ofA, Files.readAllBytes(onlyFile())));
  }

  @Test
  void aDirectoryInPlaceOfTheFileOrAFileInPlaceOfTheDirectoryHarmsNothing() throws Exception {
    assertMatches(compile("a"), "a");
    Path file = onlyFile();
    Files.delete(file);
    Files.createDirectory(file);
    assertMatches(compile("a"), "a");
    directory = Files.writeString(temporary.resolve("file"), "x");
    assertMatches(compile("a"), "a");
  }

  @Test
  void whatOthersCanWriteIsNotRead() throws Exception {
    assertMatches(compile("a"), "a");
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)));
    byte[] bad = "x".repeat(99).getBytes(UTF_8);
    Files.write(onlyFile(), bad);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
    assertMatches(compile("a"), "a");
    assertArrayEquals(bad, Files.readAllBytes(onlyFile()), "not touched either");
  }

  @Test
  void filesAreBounded() throws Exception {
    for (int i = 0; i < DatabaseCache.MOST_FILES + 3; i++) {
      assertMatches(compile("n" + i + "x"), "n" + i + "x");
    }
    assertEquals(DatabaseCache.MOST_FILES, files().size());
  }

  @Test
  void fewPatternsAndNoDirectoryLeaveNothing() throws Exception {
    VectorscanEngine.compile(patterns("a").subList(0, 3), DatabaseCache.in(directory));
    VectorscanEngine.compile(patterns("a"), DatabaseCache.OFF);
    assertEquals(List.of(), files());
  }

  @Test
  void whatIsRefusedIsNotKept() throws Exception {
    List<PayloadPattern> refused =
        Stream.concat(
                patterns("a").stream(),
                Stream.of(PayloadPattern.compile("(?:abc.{1,900}){900}", false, false)))
            .toList();
    assertThrows(
        RegexSyntaxException.class,
        () -> VectorscanEngine.compile(refused, DatabaseCache.in(directory)));
    assertEquals(List.of(), files());
  }

  private VectorscanEngine compile(String prefix) throws EngineUnavailableException {
    return VectorscanEngine.compile(patterns(prefix), DatabaseCache.in(directory));
  }

  private static List<PayloadPattern> patterns(String prefix) {
    return IntStream.range(0, DatabaseCache.LEAST_PATTERNS)
        .mapToObj(i -> PayloadPattern.compile(prefix + i + "[!?]", true, false))
        .toList();
  }

  private static void assertMatches(PatternEngine engine, String prefix) {
    assertEquals(List.of(3, 14), hits(engine, "... " + prefix + "14? ... " + prefix + "3! ..."));
    assertEquals(List.of(), hits(engine, "other" + prefix));
  }

  private static List<Integer> hits(PatternEngine engine, String text) {
    PatternHits hits = new PatternHits(engine.patterns());
    byte[] bytes = text.getBytes(UTF_8);
    engine.scanner().scan(bytes, bytes.length, hits);
    return IntStream.range(0, engine.patterns()).filter(hits::has).boxed().toList();
  }

  private Path onlyFile() throws IOException {
    List<Path> files = files();
    assertEquals(1, files.size(), () -> "" + files);
    return files.getFirst();
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.toList();
    }
  }
}
