package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever bytes arrive: nothing throws, limits hold, and evidence lies in what it names. */
final class InspectionFuzzTest {

  private static final DecodeLimits SMALL = new DecodeLimits(4, 12, 3000);
  private static final PatternInspector VECTORSCAN = inspector(EngineChoice.AUTO);
  private static final PatternInspector JAVA = inspector(EngineChoice.JAVA);

  @Property(tries = 1500)
  void theRawTextComesFirstAndLimitsHold(@ForAll("payloads") byte[] payload) {
    List<byte[]> views = new ArrayList<>();
    List<String> chains = new ArrayList<>();
    Normalizer.Limit limit =
        new Normalizer(SMALL)
            .expand(
                payload,
                (view, chain) -> {
                  views.add(view.clone());
                  chains.add(chain);
                });
    assertEquals(Normalizer.RAW, chains.getFirst());
    assertArrayEquals(payload, views.getFirst());
    assertTrue(views.size() <= 1 + SMALL.views());
    assertTrue(views.stream().skip(1).mapToInt(view -> view.length).sum() <= SMALL.bytes());
    for (String chain : chains) {
      assertTrue(chain.split(">", -1).length <= 3 * SMALL.depth(), chain);
    }
    assertTrue(limit != null);
  }

  @Property(tries = 800)
  void bothEnginesFindTheSame(@ForAll("payloads") byte[] payload) {
    assertEquals(ids(VECTORSCAN, payload), ids(JAVA, payload));
  }

  @Property(tries = 800)
  void evidenceLiesInItsView(@ForAll("payloads") byte[] payload) {
    List<String> chains = new ArrayList<>();
    List<Integer> lengths = new ArrayList<>();
    new Normalizer(DecodeLimits.DEFAULT)
        .expand(
            payload,
            (view, chain) -> {
              chains.add(chain);
              lengths.add(view.length);
            });
    for (Finding finding : VECTORSCAN.inspect(Messages.of("clients/dev-1/data", payload))) {
      for (Evidence evidence : finding.getEvidence()) {
        assertTrue(chains.contains(evidence.getView()), evidence.toString());
        boolean inside = false;
        for (int i = 0; i < chains.size(); i++) {
          inside |=
              chains.get(i).equals(evidence.getView())
                  && evidence.getOffset() >= 0
                  && evidence.getOffset() + evidence.getLength() <= lengths.get(i);
        }
        assertTrue(inside, finding.getRuleId() + ": " + evidence);
      }
    }
  }

  /** The scanner of JSON takes any bytes, and keeps the strings that need no decoding out. */
  @Property(tries = 1500)
  void theJsonScannerTakesAnything(@ForAll("payloads") byte[] payload) {
    ByteBuilder out = new ByteBuilder();
    out.reset(500);
    JsonStrings.joinEncoded(payload, payload.length, out);
    assertTrue(out.length() <= 500);
    Segments segments = new Segments();
    segments.reset(payload, payload.length);
    int parts = 0;
    while (segments.next()) {
      assertTrue(segments.from() >= 0 && segments.from() < segments.to());
      assertTrue(segments.to() <= payload.length);
      assertTrue(++parts <= 2 * payload.length + 1);
    }
  }

  @Property(tries = 500)
  void shorteningKeepsBothEnds(@ForAll("payloads") byte[] unit, @ForAll("payloads") byte[] end) {
    if (unit.length == 0) {
      return;
    }
    byte[] text = HostilePayloads.repeated(new String(unit, StandardCharsets.ISO_8859_1), 30_000);
    System.arraycopy(end, 0, text, text.length - end.length, end.length);
    ByteBuilder out = new ByteBuilder();
    out.reset(text.length);
    if (Repetition.shorten(text, text.length, out)) {
      byte[] shorter = out.copy();
      assertTrue(shorter.length < text.length);
      for (int i = 0; i < Repetition.KEPT; i++) {
        assertEquals(text[i], shorter[i]);
        assertEquals(text[text.length - 1 - i], shorter[shorter.length - 1 - i]);
      }
    }
  }

  @Provide
  Arbitrary<byte[]> payloads() {
    Arbitrary<byte[]> pieces =
        Arbitraries.of(
                "{\"",
                "\":\"",
                "\",\"",
                "\"}",
                "[",
                "]",
                "\\",
                "\\u0027",
                "\\u{3c}",
                "%27",
                "%25",
                "%u0027",
                "&lt;",
                "&#x3c",
                "'",
                "\"",
                " or ",
                "1=1",
                " union ",
                "select ",
                "--",
                "/*",
                "*/",
                "<script",
                "<a ",
                "onerror=",
                ">",
                "javascript:",
                "../",
                "${",
                "$(",
                "}",
                ")",
                "PHNjcmlwdD5hbGVydA==",
                "3c7363726970743e616c",
                "c''at ",
                "/etc/passwd",
                ";",
                "|",
                "\u0000",
                "\u0001",
                "\u001e",
                "ü",
                "＜",
                "\u200b",
                "a",
                "7",
                " ",
                "\n",
                "=",
                "x\u009c")
            .list()
            .ofMaxSize(40)
            .map(parts -> String.join("", parts).getBytes(StandardCharsets.UTF_8));
    return Arbitraries.oneOf(pieces, Arbitraries.bytes().array(byte[].class).ofMaxSize(300));
  }

  private static List<String> ids(PatternInspector inspector, byte[] payload) {
    return inspector.inspect(Messages.of("clients/dev-1/data", payload)).stream()
        .map(Finding::getRuleId)
        .sorted()
        .toList();
  }

  private static PatternInspector inspector(EngineChoice engine) {
    return new PatternInspector(ShippedRules.loaded(engine), List.of(), DecodeLimits.DEFAULT);
  }
}
