package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NormalizerTest {

  private static final String NEEDLE = "' OR \"a\"=<b> /* ünï */; ../";
  private static final DecodeLimits SMALL = new DecodeLimits(3, 10, 2000);

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "{\"a\":\"\\u0027x\\u0027\"} ¦ json ¦ 'x'",
        "{\"a\":\"%27x\"} ¦ json>url ¦ 'x",
        "%2527x ¦ url>url ¦ 'x",
        "%u0027x ¦ url ¦ 'x",
        "a+b%20c d ¦ url ¦ a+b c d",
        "a+b%20c ¦ url ¦ a b c",
        "&lt;x&#62;&#x3E ¦ html ¦ <x>>",
        "\\x3cx\\074 ¦ escape ¦ <x<",
        "\\u{3c}x ¦ escape ¦ <x",
        "..%c0%afx ¦ url>unicode ¦ ../x",
        "＜script＞ ¦ unicode ¦ <script>",
        "‘x“ ¦ unicode ¦ 'x\"",
        "UN/**/ION/*!50000x*/ ¦ stripped ¦ UN ION x",
        "c''at$IFS$9w\\get${IFS}x ¦ stripped ¦ cat wget x",
        "{\"a\":\"eyJiIjoiXHUwMDI3eCJ9\"} ¦ base64>json ¦ 'x",
        "3c7363726970743e616c657274 ¦ hex ¦ <script>alert",
        "data:x;base64,PHNjcmlwdD5hbGVydA== ¦ base64 ¦ <script>alert",
      })
  void undoes(String text, String chain, String expected) {
    Map<String, String> views = views(text.getBytes(StandardCharsets.UTF_8));
    assertTrue(views.getOrDefault(chain, "").contains(expected), "views of " + text + ": " + views);
  }

  @Test
  void commentsThatComeToLightAreTakenAsThoseBefore() {
    List<String> chains = new ArrayList<>();
    new Normalizer(DecodeLimits.DEFAULT)
        .expand(
            HostilePayloads.all(4096).get("mixed comments"), (view, chain) -> chains.add(chain));
    assertTrue(chains.contains("stripped>stripped"), chains::toString);
    assertTrue(chains.contains("joined>joined"), chains::toString);
    assertTrue(
        chains.stream()
            .noneMatch(c -> c.contains("stripped>joined") || c.contains("joined>stripped")),
        chains::toString);
  }

  @Test
  void noViewFollowsWhereNoneIsWanted() {
    List<String> chains = new ArrayList<>();
    Normalizer normalizer = new Normalizer(DecodeLimits.DEFAULT);
    byte[] text = HostilePayloads.all(4096).get("mixed comments");
    Normalizer.Limit limit =
        normalizer.expand(
            text,
            (view, chain) -> {
              chains.add(chain);
              if (chains.size() == 2) {
                normalizer.end();
              }
            });
    assertEquals(2, chains.size());
    assertEquals(Normalizer.Limit.WORK, limit);
  }

  @Test
  void takesSeparatedValuesApart() {
    assertEquals("7\u001ea,\"b\"='c'\u001e\u001ex\u001e", csv("7,\"a,\"\"b\"\"='c'\",,x"));
    assertEquals("7\u001e'x\ny'\u001e2,5\u001e", csv("ts;v\n7;\"'x\ny'\";2,5\n"));
    assertEquals("7\u001e'x\u001e1\u001e", csv("7,'x,1"));
    assertEquals("7\u001e(\u001ex\u001e", csv("7\t\"(\"\tx"));
    assertEquals(
        "7\u001e{\"a\":{\"$ne\":1}}\u001ex\u001e", csv("7,\"{\"\"a\"\":{\"\"$ne\"\":1}}\",x"));
    assertEquals(
        "7\u001e'x\u001e1\u001e",
        views("7,%27x,1".getBytes(StandardCharsets.UTF_8)).get("url>csv"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2,3\n4,(5), 6 and, so on", // two lines of which none is enough
        "at 5 {\"ts\":2252,\"level\":\"info\",\"msg\":\"it's up\"}",
        "f(a, b, 'c')",
        "12:02 \"it's up\" n.,b is full (4957) at 42"
      })
  void leavesOtherLinesWithCommasTogether(String text) {
    assertNull(csv(text));
  }

  private static String csv(String text) {
    return views(text.getBytes(StandardCharsets.UTF_8)).get("csv");
  }

  @Test
  void opensCompressedAndWideTexts() throws IOException {
    byte[] text = NEEDLE.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(text);
    }
    ByteArrayOutputStream zlib = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(zlib)) {
      out.write(text);
    }
    assertEquals(NEEDLE, views(gzip.toByteArray()).get("inflated"));
    assertEquals(NEEDLE, views(zlib.toByteArray()).get("inflated"));
    assertEquals(
        "plain words", views("plain words".getBytes(StandardCharsets.UTF_16LE)).get("utf16"));
    assertEquals(
        "plain words", views("plain words".getBytes(StandardCharsets.UTF_16BE)).get("utf16"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "{\"temperature\":21.5,\"state\":\"running\",\"id\":\"a4c138-ff\"}",
        "plain words and 1234567890123",
        "$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9",
        "2026-03-01 12:00:00 100% done",
        "f81d4fae-7dec-11d0-a765-00a0c91e6bf6",
        "1764158400,dev-1,21.5,\"all well, so far\",ok",
        "1764158400;dev-1;21,5;;ok",
        "it's fine, they said, and (almost) so it was",
      })
  void givesOrdinaryTextsNoSecondLook(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    assertEquals(0, Signals.of(bytes, bytes.length));
  }

  @Test
  void saysWhichLimitItHit() {
    String deep = "%27";
    for (int i = 0; i < 6; i++) {
      deep = deep.replace("%", "%25");
    }
    assertEquals(Normalizer.Limit.DEPTH, expand(deep, SMALL));
    assertEquals(Normalizer.Limit.BYTES, expand("%27".repeat(2500), SMALL));
    assertEquals(Normalizer.Limit.VIEWS, expand("%27", new DecodeLimits(3, 0, 2000)));
    assertEquals(Normalizer.Limit.NONE, expand("%27", SMALL));
  }

  @Test
  void eachTextIsAMessageOfItsOwn() {
    Normalizer normalizer = new Normalizer(DecodeLimits.DEFAULT);
    byte[] text = ("{\"a\":\"%65vil\"}" + " ".repeat(11_000)).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < 1000; i++) {
      List<String> chains = new ArrayList<>();
      normalizer.expand(text, (view, chain) -> chains.add(chain));
      assertTrue(chains.contains("json>url"), i + ": " + chains);
    }
  }

  @Test
  void aBombEndsAtTheLimit() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      out.write(new byte[20_000_000]);
    }
    List<Integer> sizes = new ArrayList<>();
    Normalizer.Limit limit =
        new Normalizer(DecodeLimits.DEFAULT)
            .expand(bomb.toByteArray(), (view, chain) -> sizes.add(view.length));
    assertEquals(Normalizer.Limit.BYTES, limit, sizes.toString());
    assertTrue(sizes.getLast() <= DecodeLimits.DEFAULT.bytes(), sizes.toString());
  }

  @Property(tries = 2000)
  void neverThrowsAndStaysInBounds(@ForAll("hostile") byte[] text) {
    int[] total = new int[2];
    Normalizer.Limit limit =
        new Normalizer(SMALL)
            .expand(
                text,
                (view, chain) -> {
                  total[0] += view.length;
                  total[1]++;
                });
    assertTrue(total[0] <= text.length + SMALL.bytes(), "bytes");
    assertTrue(total[1] <= 1 + SMALL.views(), "views");
    assertTrue(limit != null);
  }

  @Property(tries = 300)
  void findsTheNeedleInEveryCarrier(@ForAll("carriers") List<Carrier> carriers) {
    String text = NEEDLE;
    for (Carrier carrier : carriers) {
      text = carrier.wrap(text);
    }
    Map<String, String> views = views(text.getBytes(StandardCharsets.UTF_8));
    assertTrue(
        views.values().stream().anyMatch(view -> view.contains(NEEDLE)),
        carriers + ": " + text + " gives " + views);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '¦',
      quoteCharacter = '§',
      value = {
        "%25",
        "\\u0027",
        "{\"a\":\"\\\"",
        "&#x26;#",
        "QUJDRGFi",
        "3c3c3c3c",
        "/*",
        "''a",
        "\\\\",
        "a^",
        "{{{{[[[[\"",
        "${IFS}",
        "x\u0000",
        "%u",
        "＜",
        "‘"
      })
  void hostilePayloadsEndInBoundedWork(String unit) {
    byte[] text = unit.repeat((256 * 1024) / unit.length()).getBytes(StandardCharsets.UTF_8);
    long[] total = new long[2];
    new Normalizer(DecodeLimits.DEFAULT)
        .expand(
            text,
            (view, chain) -> {
              total[0] += view.length;
              total[1]++;
            });
    assertTrue(total[0] <= text.length + DecodeLimits.DEFAULT.bytes());
    assertTrue(total[1] <= 1 + DecodeLimits.DEFAULT.views());
  }

  @Provide
  Arbitrary<byte[]> hostile() {
    Arbitrary<String> piece =
        Arbitraries.of(
            "%25",
            "%",
            "%u00",
            "\\",
            "\\u",
            "\\u{",
            "\\x",
            "\\0",
            "&",
            "&#",
            "&#x",
            ";",
            "lt",
            "\"",
            "'",
            "{",
            "[",
            "}",
            "/*",
            "*/",
            "/*!",
            "$IFS",
            "${IFS",
            "$",
            "^",
            "a",
            "QUJDRGFiY2Rl",
            "3c3c3c3c3c3c3c3c",
            "\u0000",
            "\u001f",
            "ü",
            "＜",
            "‘",
            "\ud83d",
            "x\u009c",
            "12345",
            "=");
    Arbitrary<byte[]> pieces =
        piece.list().ofMaxSize(60).map(p -> String.join("", p).getBytes(StandardCharsets.UTF_8));
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    Arbitrary<byte[]> packed =
        bytes.map(
            b -> {
              byte[] gzip = Arrays.copyOf(new byte[] {0x1f, (byte) 0x8b, 8, 31}, b.length + 12);
              System.arraycopy(b, 0, gzip, 4, b.length);
              return gzip;
            });
    return Arbitraries.oneOf(pieces, bytes, packed);
  }

  @Provide
  Arbitrary<List<Carrier>> carriers() {
    return Arbitraries.of(Carrier.values()).list().ofMinSize(1).ofMaxSize(3);
  }

  enum Carrier {
    JSON,
    UNICODE,
    URL,
    HTML,
    BASE64,
    HEX;

    String wrap(String text) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return switch (this) {
        case JSON ->
            "{\"id\":7,\"v\":\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
        case UNICODE -> "{\"v\":\"" + each(text, "\\u%04x") + "\"}";
        case URL -> {
          StringBuilder encoded = new StringBuilder();
          for (byte b : bytes) {
            encoded.append("%%%02X".formatted(b));
          }
          yield encoded.toString();
        }
        case HTML -> each(text, "&#%d;");
        case BASE64 -> "{\"v\":\"" + Base64.getEncoder().encodeToString(bytes) + "\"}";
        case HEX -> HexFormat.of().formatHex(bytes);
      };
    }

    private static String each(String text, String format) {
      StringBuilder encoded = new StringBuilder();
      text.chars().forEach(c -> encoded.append(format.formatted(c)));
      return encoded.toString();
    }
  }

  private static Normalizer.Limit expand(String text, DecodeLimits limits) {
    return new Normalizer(limits)
        .expand(text.getBytes(StandardCharsets.UTF_8), (view, chain) -> {});
  }

  private static Map<String, String> views(byte[] text) {
    Map<String, String> views = new LinkedHashMap<>();
    new Normalizer(DecodeLimits.DEFAULT)
        .expand(
            text,
            (view, chain) ->
                views.merge(chain, new String(view, StandardCharsets.UTF_8), (a, b) -> a + b));
    return views;
  }
}
