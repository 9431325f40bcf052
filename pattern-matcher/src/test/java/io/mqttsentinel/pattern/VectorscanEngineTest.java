package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.Requires;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class VectorscanEngineTest extends EngineContract {

  @BeforeAll
  static void needsTheLibrary() {
    try {
      VectorscanLibrary.load();
    } catch (EngineUnavailableException e) {
      Requires.missing("Vectorscan: " + e.getMessage());
    }
  }

  @Override
  PatternEngine compile(List<PayloadPattern> patterns) {
    try {
      return VectorscanEngine.compile(patterns, DatabaseCache.OFF);
    } catch (EngineUnavailableException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void namesThePatternThatItRefuses() {
    // Small enough to parse, too large for an automaton.
    List<PayloadPattern> patterns = patterns(List.of("abc|d", "e|(?:a[^b]{900}){900}c"));
    RegexSyntaxException refusal =
        assertThrows(RegexSyntaxException.class, () -> compile(patterns));
    assertTrue(refusal.getMessage().contains("[^b]{900}"), refusal.getMessage());
  }

  @Test
  void isLoadedOnceAndNamesItsVersion() throws Exception {
    assertSame(VectorscanLibrary.load(), VectorscanLibrary.load());
    assertTrue(VectorscanLibrary.load().version().startsWith("5."));
  }

  @Test
  void findsTheLibraryOfEachPlatform() throws Exception {
    String base = "/com/gliwka/hyperscan/jni/";
    assertEquals(base + "linux-x86_64/libhs.so", VectorscanLibrary.resource("Linux", "amd64"));
    assertEquals(base + "linux-arm64/libhs.so", VectorscanLibrary.resource("Linux", "aarch64"));
    assertEquals(
        base + "macosx-arm64/libhs.dylib", VectorscanLibrary.resource("Mac OS X", "aarch64"));
    assertThrows(
        EngineUnavailableException.class, () -> VectorscanLibrary.resource("Linux", "riscv64"));
    assertThrows(
        EngineUnavailableException.class, () -> VectorscanLibrary.resource("Plan 9", "amd64"));
  }
}
