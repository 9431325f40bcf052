package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EncodedRunTest {

  private static final int LEAST = 64;

  @Property(tries = 1000)
  void findsARunWhereverItLies(
      @ForAll("texts") String before,
      @ForAll("texts") String after,
      @ForAll @IntRange(min = LEAST, max = 400) int length,
      @ForAll long seed) {
    byte[] bytes = Samples.random(length, seed);
    String leaf = Base64.getEncoder().encodeToString(bytes);
    byte[] payload = (before + '"' + leaf + '"' + after).getBytes(StandardCharsets.ISO_8859_1);
    EncodedRun run = EncodedRun.next(payload, 0, LEAST);
    assertEquals("base64", run.decoder());
    assertEquals(before.length() + 1, run.from());
    assertArrayEquals(bytes, run.decoded());
  }

  @Property(tries = 1000)
  void anyBytesComeToAnEnd(@ForAll("texts") String text) {
    byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
    int from = 0;
    for (EncodedRun run = EncodedRun.next(payload, 0, 4);
        run != null;
        run = EncodedRun.next(payload, run.to(), 4)) {
      assertTrue(run.from() >= from && run.to() > run.from() && run.to() <= payload.length);
      from = run.to();
    }
  }

  @Test
  void whatIsTooShortOrPlainWordsIsNone() {
    assertNull(next(Base64.getEncoder().encodeToString(Samples.random(LEAST - 2, 1))));
    assertNull(next("onlysmallletters".repeat(40)));
    assertNull(next("UPPER/and/lower/without/any/figure".repeat(40)));
  }

  /** Text with all that a scan may stumble over, in runs too short to count. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of("a", "Zz9", "/", "\\", "\\n", "\\t", "\r\n", " ", "\"", "=", "é", "{}")
        .list()
        .ofMaxSize(60)
        .map(parts -> String.join("", parts));
  }

  private static EncodedRun next(String text) {
    return EncodedRun.next(text.getBytes(StandardCharsets.UTF_8), 0, LEAST);
  }
}
