package io.mqttsentinel.pattern;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Vectorscan's databases as bytes, and what they depend on beside the patterns. */
@SuppressWarnings("restricted") // native access is what this class is for
final class VectorscanBytes {

  /** {@code struct { unsigned tune; u64 cpu_features, reserved1, reserved2; }}. */
  private static final int PLATFORM_BYTES = 32;

  private final MethodHandle serialize;
  private final MethodHandle deserialize;
  private final MethodHandle free;
  private final byte[] platform;

  VectorscanBytes(SymbolLookup symbols) throws EngineUnavailableException {
    serialize =
        VectorscanLibrary.function(symbols, "hs_serialize_database", ADDRESS, ADDRESS, ADDRESS);
    deserialize =
        VectorscanLibrary.function(symbols, "hs_deserialize_database", ADDRESS, JAVA_LONG, ADDRESS);
    Linker linker = Linker.nativeLinker();
    MemorySegment freeOfC =
        linker
            .defaultLookup()
            .find("free")
            .orElseThrow(() -> new EngineUnavailableException("the system has no free"));
    free = linker.downcallHandle(freeOfC, FunctionDescriptor.ofVoid(ADDRESS));
    platform = readPlatform(VectorscanLibrary.function(symbols, "hs_populate_platform", ADDRESS));
  }

  /** The processor as Vectorscan sees it: what one compiles may not run on another. */
  byte[] platform() {
    return platform.clone();
  }

  byte[] of(MemorySegment database) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(ADDRESS);
      MemorySegment length = arena.allocate(JAVA_LONG);
      VectorscanLibrary.check(
          "hs_serialize_database", VectorscanLibrary.call(serialize, database, bytes, length));
      MemorySegment serialized = bytes.get(ADDRESS, 0);
      byte[] copy = serialized.reinterpret(length.get(JAVA_LONG, 0)).toArray(JAVA_BYTE);
      free(serialized);
      return copy;
    }
  }

  /** The address of a new database; empty where the library refuses the bytes. */
  Optional<MemorySegment> database(byte[] serialized) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocateFrom(JAVA_BYTE, serialized);
      MemorySegment database = arena.allocate(ADDRESS);
      int result = VectorscanLibrary.call(deserialize, bytes, (long) serialized.length, database);
      return result == VectorscanLibrary.SUCCESS
          ? Optional.of(database.get(ADDRESS, 0))
          : Optional.empty();
    }
  }

  private void free(MemorySegment memory) {
    try {
      free.invokeExact(memory);
    } catch (Throwable e) { // a C function throws nothing; the handle declares Throwable
      throw new IllegalStateException("free failed", e);
    }
  }

  private static byte[] readPlatform(MethodHandle populate) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(PLATFORM_BYTES, JAVA_LONG.byteAlignment());
      VectorscanLibrary.check("hs_populate_platform", VectorscanLibrary.call(populate, info));
      return info.toArray(JAVA_BYTE);
    }
  }
}
