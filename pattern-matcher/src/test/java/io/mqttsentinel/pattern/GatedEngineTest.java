package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** However the patterns are parted, each keeps its number. */
final class GatedEngineTest {

  private static final int SPECIAL = 3 * GatedEngine.MOST_TOGETHER + 1;
  private static final int ORDINARY = 5;

  @Test
  void manySpecialPatternsAreSeveralDatabasesAndKeepTheirNumbers() {
    List<PayloadPattern> patterns = new ArrayList<>();
    for (int i = 0; i < SPECIAL; i++) {
      patterns.add(pattern("s" + i + "[!?]"));
    }
    for (int i = 0; i < ORDINARY; i++) {
      patterns.add(pattern("o" + i + "x"));
    }
    List<Integer> sizes = Collections.synchronizedList(new ArrayList<>());
    PatternEngine engine =
        GatedEngine.compile(
            patterns,
            part -> {
              sizes.add(part.size());
              return EngineChoice.JAVA.compile(part);
            });
    assertEquals(patterns.size(), engine.patterns());
    assertEquals(patterns.size(), sizes.stream().mapToInt(Integer::intValue).sum());
    assertEquals(5, sizes.size(), () -> "" + sizes);
    assertTrue(sizes.stream().allMatch(size -> size <= GatedEngine.MOST_TOGETHER));
    for (int i = 0; i < SPECIAL; i++) {
      assertEquals(List.of(i), hits(engine, "..s" + i + "!"));
    }
    assertEquals(List.of(3, 170, SPECIAL + 1), hits(engine, "o1x s170? s3!"));
    assertEquals(List.of(), hits(engine, "s1 o !"));
  }

  @Test
  void eachAlternativeGoesWhereItBelongs() {
    List<PayloadPattern> patterns =
        List.of(pattern("left|right!"), pattern("(?:up[?]|down;)"), pattern("in|out"));
    List<String> compiled = Collections.synchronizedList(new ArrayList<>());
    GatedEngine engine =
        assertInstanceOf(
            GatedEngine.class,
            GatedEngine.compile(
                patterns,
                part -> {
                  compiled.add(part.toString());
                  return EngineChoice.JAVA.compile(part);
                }));
    assertEquals(2, compiled.size(), () -> "" + compiled);
    assertEquals(2, engine.ordinaryPatterns());
    assertEquals(3, engine.patterns());
    assertEquals(List.of(0), hits(engine, "left"));
    assertEquals(List.of(0), hits(engine, "right!"));
    assertEquals(List.of(), hits(engine, "right"));
    assertEquals(List.of(0, 1, 2), hits(engine, "left right! up? out"));
  }

  @Test
  void aPairThatTelemetryDoesWithoutIsSpecial() {
    List<PayloadPattern> patterns =
        List.of(
            pattern("a\\{\\{b"),
            pattern("c\\.{2,}d"),
            pattern("(?:e--|__)f"),
            pattern("g{2}"),
            pattern("h\\.[.i]"),
            pattern("j\\.\\.?"));
    GatedEngine engine =
        assertInstanceOf(GatedEngine.class, GatedEngine.compile(patterns, EngineChoice.JAVA));
    assertEquals(3, engine.ordinaryPatterns());
    assertEquals(List.of(0), hits(engine, "{\"x\":\"a{{b\"}"));
    assertEquals(List.of(1, 3), hits(engine, "c...d gg"));
    assertEquals(List.of(2), hits(engine, "e--f"));
    assertEquals(List.of(2, 4, 5), hits(engine, "h.. j. __f"));
    assertEquals(List.of(), hits(engine, "a{b c.d e-f"));
  }

  @Test
  void anAlternativeThatIsRefusedAloneHidesNoOther() {
    List<PayloadPattern> patterns =
        List.of(pattern("a\\bb|c!|d"), pattern("e\\bf!|g"), pattern("h!"), pattern("i"));
    PatternEngine engine = GatedEngine.compile(patterns, EngineChoice.AUTO);
    assertEquals(List.of(0, 1), hits(engine, "d g"));
    assertEquals(List.of(0, 2), hits(engine, "c! h!"));
    assertEquals(List.of(3), hits(engine, "i ab ef!"));
  }

  @Test
  void aPatternThatIsRefusedInAnyPartIsSaid() {
    List<PayloadPattern> patterns = new ArrayList<>();
    patterns.add(pattern("plain"));
    for (int i = 0; i < SPECIAL; i++) {
      patterns.add(pattern("s" + i + "!"));
    }
    for (int refused : new int[] {0, 1, SPECIAL / 2, SPECIAL}) {
      PayloadPattern bad = patterns.get(refused);
      PatternCompiler compiler =
          part -> {
            if (part.stream().anyMatch(one -> one.source().equals(bad.source()))) {
              throw new RegexSyntaxException("refused: " + bad);
            }
            return EngineChoice.JAVA.compile(part);
          };
      RegexSyntaxException said =
          assertThrows(RegexSyntaxException.class, () -> GatedEngine.compile(patterns, compiler));
      assertEquals("refused: " + bad, said.getMessage());
    }
  }

  private static PayloadPattern pattern(String source) {
    return PayloadPattern.compile("\\b" + source, false, false);
  }

  private static List<Integer> hits(PatternEngine engine, String text) {
    PatternHits hits = new PatternHits(engine.patterns());
    byte[] bytes = text.getBytes(UTF_8);
    engine.scanner().scan(bytes, bytes.length, hits);
    return IntStream.range(0, engine.patterns()).filter(hits::has).boxed().toList();
  }
}
