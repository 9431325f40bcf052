package io.mqttsentinel.pattern;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.List;

/** Vectorscan: all patterns in one pass over the bytes, without start of match, which costs. */
@SuppressWarnings("restricted") // native access is what this class is for
final class VectorscanEngine implements PatternEngine {

  private final VectorscanLibrary library;
  private final MemorySegment database;
  private final int patterns;

  private VectorscanEngine(VectorscanLibrary library, MemorySegment database, int patterns) {
    this.library = library;
    this.database = database;
    this.patterns = patterns;
  }

  /**
   * @param cache of what was compiled before
   * @throws EngineUnavailableException if the library cannot be loaded here
   * @throws RegexSyntaxException if Vectorscan refuses a pattern
   */
  static VectorscanEngine compile(List<PayloadPattern> patterns, DatabaseCache cache)
      throws EngineUnavailableException {
    VectorscanLibrary library = VectorscanLibrary.load();
    return new VectorscanEngine(library, cache.database(library, patterns), patterns.size());
  }

  @Override
  public String name() {
    return "vectorscan";
  }

  @Override
  public int patterns() {
    return patterns;
  }

  @Override
  public Scanner scanner() {
    return new NativeScanner();
  }

  private final class NativeScanner implements Scanner {

    private static final int FIRST_BUFFER = 4096;

    private final MemorySegment scratch = library.scratch(database);
    private final MemorySegment handler = handler();
    private MemorySegment buffer = Arena.ofAuto().allocate(FIRST_BUFFER);
    private PatternHits hits;

    @Override
    public void scan(byte[] bytes, int length, PatternHits found) {
      if (length > buffer.byteSize()) {
        buffer = Arena.ofAuto().allocate(Math.max(length, 2 * buffer.byteSize()));
      }
      MemorySegment.copy(bytes, 0, buffer, JAVA_BYTE, 0, length);
      hits = found;
      int result;
      try {
        result =
            (int)
                library.scan.invokeExact(
                    database, buffer, length, 0, scratch, handler, MemorySegment.NULL);
      } catch (Throwable e) { // a C function throws nothing; the handle declares Throwable
        throw new IllegalStateException("hs_scan failed", e);
      }
      VectorscanLibrary.check("hs_scan", result);
    }

    /** Called by Vectorscan; an exception here would end the process. */
    @SuppressWarnings("unused") // the signature is that of match_event_handler
    private int onMatch(int id, long from, long to, int flags, MemorySegment context) {
      hits.add(id, (int) to);
      return 0;
    }

    private MemorySegment handler() {
      try {
        MethodHandle method =
            MethodHandles.lookup()
                .bind(
                    this,
                    "onMatch",
                    MethodType.methodType(
                        int.class,
                        int.class,
                        long.class,
                        long.class,
                        int.class,
                        MemorySegment.class));
        return Linker.nativeLinker()
            .upcallStub(method, VectorscanLibrary.MATCH_HANDLER, Arena.ofAuto());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("onMatch is declared above", e);
      }
    }
  }
}
