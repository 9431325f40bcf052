package io.mqttsentinel.pattern;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The ten or so functions of Vectorscan's C interface that block mode needs, called through the
 * foreign function interface. The library comes out of the class path, once in a process.
 */
@SuppressWarnings("restricted") // native access is what this class is for
final class VectorscanLibrary {

  static final int SUCCESS = 0;
  static final int MODE_BLOCK = 1;

  /** {@code DOTALL}, {@code SINGLEMATCH} and {@code ALLOWEMPTY}. */
  static final int FLAGS = 2 | 8 | 16;

  /** {@code int handler(unsigned id, u64 from, u64 to, unsigned flags, void *context)}. */
  static final FunctionDescriptor MATCH_HANDLER =
      FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);

  /** {@code struct { char *message; int expression; }}. */
  private static final MemoryLayout COMPILE_ERROR =
      MemoryLayout.structLayout(ADDRESS, JAVA_INT, MemoryLayout.paddingLayout(4));

  private static VectorscanLibrary loaded;
  private static String unavailable;

  final MethodHandle scan;
  private final MethodHandle compileMulti;
  private final MethodHandle allocScratch;
  private final MethodHandle freeScratch;
  private final MethodHandle freeDatabase;
  private final MethodHandle freeCompileError;
  private final VectorscanBytes bytes;
  private final String version;

  private VectorscanLibrary(SymbolLookup symbols) throws EngineUnavailableException {
    scan =
        function(
            symbols, "hs_scan", ADDRESS, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
    compileMulti =
        function(
            symbols,
            "hs_compile_multi",
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            ADDRESS);
    allocScratch = function(symbols, "hs_alloc_scratch", ADDRESS, ADDRESS);
    freeScratch = function(symbols, "hs_free_scratch", ADDRESS);
    freeDatabase = function(symbols, "hs_free_database", ADDRESS);
    freeCompileError = function(symbols, "hs_free_compile_error", ADDRESS);
    int platform = call(function(symbols, "hs_valid_platform"));
    if (platform != SUCCESS) {
      throw new EngineUnavailableException("the processor lacks instructions Vectorscan needs");
    }
    bytes = new VectorscanBytes(symbols);
    version = readVersion(symbols);
  }

  /**
   * The library, loaded at the first call.
   *
   * @throws EngineUnavailableException if it cannot be loaded here; the reason stays the same for
   *     the life of the process
   */
  static synchronized VectorscanLibrary load() throws EngineUnavailableException {
    if (unavailable != null) {
      throw new EngineUnavailableException(unavailable);
    }
    if (loaded == null) {
      try {
        loaded = new VectorscanLibrary(open(resource(property("os.name"), property("os.arch"))));
      } catch (EngineUnavailableException e) {
        unavailable = e.getMessage();
        throw e;
      }
    }
    return loaded;
  }

  String version() {
    return version;
  }

  /** The processor as Vectorscan sees it: a database made for one may not run on another. */
  byte[] platform() {
    return bytes.platform();
  }

  /** A database as bytes. */
  byte[] serialized(MemorySegment database) {
    return bytes.of(database);
  }

  /** What was serialized, as a database that is freed as others are; empty where it is refused. */
  Optional<MemorySegment> deserialized(byte[] serialized) {
    return bytes.database(serialized).map(database -> owned(database, freeDatabase));
  }

  /** The library's place on the class path, as the artifact's classifiers lay it out. */
  static String resource(String os, String architecture) throws EngineUnavailableException {
    String name = os.toLowerCase(Locale.ROOT);
    String arch =
        switch (architecture.toLowerCase(Locale.ROOT)) {
          case "amd64", "x86_64" -> "x86_64";
          case "aarch64", "arm64" -> "arm64";
          default -> throw new EngineUnavailableException("no Vectorscan for " + architecture);
        };
    String base = "/com/gliwka/hyperscan/jni/";
    if (name.contains("linux")) {
      return base + "linux-" + arch + "/libhs.so";
    }
    if (name.contains("mac")) {
      return base + "macosx-" + arch + "/libhs.dylib";
    }
    throw new EngineUnavailableException("no Vectorscan for " + os);
  }

  /**
   * The library in a resource. It is copied to a directory that only this user can write, and the
   * copy goes as soon as it is mapped.
   */
  static SymbolLookup open(String resource) throws EngineUnavailableException {
    try (InputStream library = VectorscanLibrary.class.getResourceAsStream(resource)) {
      if (library == null) {
        throw new EngineUnavailableException(resource + " is not on the class path");
      }
      Path directory = Files.createTempDirectory("sentinel-vectorscan");
      Path file = directory.resolve(Path.of(resource).getFileName().toString());
      try {
        Files.copy(library, file);
        return SymbolLookup.libraryLookup(file, Arena.global());
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new EngineUnavailableException(resource + " could not be unpacked: " + e, e);
    } catch (IllegalArgumentException | IllegalCallerException e) {
      throw new EngineUnavailableException(resource + " could not be loaded: " + e.getMessage(), e);
    }
  }

  /**
   * One database for all patterns, freed when nothing refers to it any more. Pattern {@code i}
   * reports as {@code i}, once in a scan. Its alternatives are expressions of their own: that is
   * compiled faster, and matched no more slowly.
   *
   * @throws RegexSyntaxException naming the expression that Vectorscan refuses
   */
  MemorySegment compile(List<PayloadPattern> patterns) {
    try (Arena arena = Arena.ofConfined()) {
      List<Expression> all = expressions(patterns);
      int count = all.size();
      MemorySegment expressions = arena.allocate(ADDRESS, count);
      MemorySegment flags = arena.allocate(JAVA_INT, count);
      MemorySegment ids = arena.allocate(JAVA_INT, count);
      for (int i = 0; i < count; i++) {
        expressions.setAtIndex(ADDRESS, i, arena.allocateFrom(all.get(i).text()));
        flags.setAtIndex(JAVA_INT, i, FLAGS);
        ids.setAtIndex(JAVA_INT, i, all.get(i).pattern());
      }
      MemorySegment database = arena.allocate(ADDRESS);
      MemorySegment error = arena.allocate(ADDRESS);
      int result =
          call(
              compileMulti,
              expressions,
              flags,
              ids,
              count,
              MODE_BLOCK,
              MemorySegment.NULL,
              database,
              error);
      if (result != SUCCESS) {
        throw refusal(error.get(ADDRESS, 0), patterns, all);
      }
      return owned(database.get(ADDRESS, 0), freeDatabase);
    }
  }

  /** Working memory for one thread, freed when nothing refers to it any more. */
  MemorySegment scratch(MemorySegment database) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment scratch = arena.allocate(ADDRESS);
      scratch.set(ADDRESS, 0, MemorySegment.NULL);
      check("hs_alloc_scratch", call(allocScratch, database, scratch));
      return owned(scratch.get(ADDRESS, 0), freeScratch);
    }
  }

  static void check(String function, int result) {
    if (result != SUCCESS) {
      throw new IllegalStateException("%s answered %d".formatted(function, result));
    }
  }

  private record Expression(int pattern, String text) {}

  private static List<Expression> expressions(List<PayloadPattern> patterns) {
    return IntStream.range(0, patterns.size())
        .boxed()
        .flatMap(i -> patterns.get(i).alternatives().stream().map(text -> new Expression(i, text)))
        .toList();
  }

  private RegexSyntaxException refusal(
      MemorySegment error, List<PayloadPattern> patterns, List<Expression> expressions) {
    MemorySegment struct = error.reinterpret(COMPILE_ERROR.byteSize());
    String message = struct.get(ADDRESS, 0).reinterpret(Long.MAX_VALUE).getString(0);
    int expression = struct.get(JAVA_INT, ADDRESS.byteSize());
    call(freeCompileError, error);
    String which =
        expression < 0
            ? "all patterns together"
            : patterns.get(expressions.get(expression).pattern()).source();
    return new RegexSyntaxException("Vectorscan refuses %s: %s".formatted(which, message));
  }

  private static MemorySegment owned(MemorySegment address, MethodHandle free) {
    return address.reinterpret(Arena.ofAuto(), segment -> call(free, segment));
  }

  static MethodHandle function(SymbolLookup symbols, String name, MemoryLayout... parameters)
      throws EngineUnavailableException {
    MemorySegment address =
        symbols
            .find(name)
            .orElseThrow(() -> new EngineUnavailableException("the library has no " + name));
    return Linker.nativeLinker()
        .downcallHandle(address, FunctionDescriptor.of(JAVA_INT, parameters));
  }

  private static String readVersion(SymbolLookup symbols) throws EngineUnavailableException {
    MemorySegment address =
        symbols
            .find("hs_version")
            .orElseThrow(() -> new EngineUnavailableException("the library has no hs_version"));
    MethodHandle function =
        Linker.nativeLinker().downcallHandle(address, FunctionDescriptor.of(ADDRESS));
    try {
      return ((MemorySegment) function.invokeExact()).reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException("hs_version failed", e);
    }
  }

  static int call(MethodHandle function, Object... arguments) {
    try {
      return (int) function.invokeWithArguments(arguments);
    } catch (Throwable e) { // a C function throws nothing; the handle declares Throwable
      throw new IllegalStateException("the call into Vectorscan failed", e);
    }
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
