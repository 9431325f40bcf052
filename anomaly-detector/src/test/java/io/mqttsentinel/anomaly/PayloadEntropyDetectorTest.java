package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.DEFAULTS;
import static io.mqttsentinel.anomaly.Samples.random;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Evidence;
import io.mqttsentinel.schemas.Finding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadEntropyDetectorTest {

  private static final Base64.Encoder BASE64 = Base64.getEncoder();

  private final PayloadEntropyDetector detector = new PayloadEntropyDetector(DEFAULTS);

  /** The one in some hundred thousand that begins like a known format by chance is left out. */
  @Property(tries = 300)
  void randomBytesOfAnyLengthAreFlagged(
      @ForAll @IntRange(min = 64, max = 12_000) int length, @ForAll long seed) {
    byte[] bytes = random(length, seed);
    // One in 30 000 lies more than four deviations below: that is what deviations mean.
    double entropy = Entropy.of(bytes, 0, length);
    boolean expected =
        entropy >= RandomBytes.entropy(length) - 4 * RandomBytes.deviation(length)
            || entropy > 7.5; // the plain rule holds for long ones all the same
    Assume.that(!KnownFormat.matches(bytes, 0, length));
    assertEquals(expected, inspect(bytes).isPresent());
  }

  @Test
  void randomBytesHardlyEverLookLikeAKnownFormat() {
    long alike =
        LongStream.range(0, 20_000)
            .filter(seed -> KnownFormat.matches(random(128, seed), 0, 128))
            .count();
    assertTrue(alike <= 3, alike + " of 20 000");
  }

  @Test
  void thePlainRuleHoldsToo() {
    // 192 of the 256 values, evenly: 7.58 bits, but at 19 200 bytes far from random.
    byte[] even = new byte[19_200];
    for (int i = 0; i < even.length; i++) {
      even[i] = (byte) (i % 192);
    }
    assertTrue(inspect(even).isPresent());
    for (int i = 0; i < even.length; i++) {
      even[i] = (byte) (i % 180);
    }
    assertEquals(7.49, Entropy.of(even, 0, even.length), 0.01);
    assertFalse(inspect(even).isPresent());
  }

  @ParameterizedTest
  @ValueSource(ints = {66, 256, 768, 1024, 6000})
  void randomBytesInAnEncodingAreFlaggedWhereTheyAreTheWholePayload(int length) {
    byte[] bytes = random(length, length);
    assertFlagged("base64", BASE64.encodeToString(bytes));
    assertFlagged("base64", Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    assertFlagged("base64", Base64.getMimeEncoder().encodeToString(bytes));
    assertFlagged("hex", HexFormat.of().formatHex(bytes));
    assertFlagged("hex", HexFormat.of().withUpperCase().formatHex(bytes));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"id\":\"dev-1\",\"blob\":\"%s\",\"t\":21.5}",
        "{\"id\":\"dev-1\",\"blob\":\"%s",
        "<r><v>%s</v></r>",
        "a=1&b=%s&c=2",
        "data:application/octet-stream;base64,%s"
      })
  void longLeafOfRandomBytesIsFlaggedInWhateverHoldsIt(String format) {
    String leaf = BASE64.encodeToString(random(600, 7));
    String payload = format.formatted(leaf);
    Finding finding = assertFlagged("base64", payload);
    Evidence evidence = finding.getEvidence().getFirst();
    assertTrue(
        Math.abs(payload.indexOf(leaf) - evidence.getOffset()) <= 1 || format.startsWith("data"),
        "evidence points at the leaf");
    assertTrue(leaf.contains(evidence.getExcerpt().substring(10)));
  }

  @Test
  void slashesThatJsonEscapesBelongToTheLeaf() {
    String leaf = BASE64.encodeToString(random(600, 8)).replace("/", "\\/");
    assertTrue(leaf.contains("\\/"));
    Finding finding = assertFlagged("base64", "{\"blob\":\"" + leaf + "\"}");
    assertEquals("600", finding.getAttributes().get("bytes"));
    String broken =
        Base64.getMimeEncoder().encodeToString(random(600, 9)).replace("\r\n", "\\r\\n");
    finding = assertFlagged("base64", "{\"blob\":\"" + broken + "\"}");
    assertEquals("600", finding.getAttributes().get("bytes"));
  }

  @Test
  void digestsAndSignaturesInsideTelemetryAreNot() {
    String signed =
        "{\"t\":21.5,\"sha512\":\"%s\",\"sig\":\"%s\",\"note\":\"%s\"}"
            .formatted(
                HexFormat.of().formatHex(random(64, 1)),
                BASE64.encodeToString(random(72, 2)),
                "filler ".repeat(20));
    assertFalse(inspect(signed).isPresent());
  }

  @Test
  void compressedAndMediaFormatsAreNot() throws IOException {
    assertNotFlagged(compressed(GZIPOutputStream::new));
    assertNotFlagged(compressed(DeflaterOutputStream::new));
    assertNotFlagged(beginning("89504e470d0a1a0a"));
    assertNotFlagged(beginning("ffd8ffe000104a464946"));
    assertNotFlagged(beginning("504b030414000000"));
    assertNotFlagged(beginning("28b52ffd"));
    byte[] tls = beginning("1703030200");
    assertNotFlagged(tls);
    tls[2] = 9;
    assertTrue(inspect(tls).isPresent(), "no TLS version");
    assertTrue(inspect(beginning("789c")).isPresent(), "a header of zlib alone");
  }

  @Test
  void cborIsNotButBytesThatOnlyBeginLikeItAre() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(HexFormat.of().parseHex("a2646e616d65656465762d31" + "646461746159"));
    out.write(ByteBuffer.allocate(2).putShort((short) 800).array());
    out.write(random(800, 3));
    assertNotFlagged(out.toByteArray());
    out.write(0x17);
    assertTrue(inspect(out.toByteArray()).isPresent(), "something follows");
  }

  @Test
  void ordinaryTextIsNot() {
    Random random = new Random(4);
    for (int i = 0; i < 500; i++) {
      StringBuilder json = new StringBuilder("{");
      for (int k = 0; k < 1 + i % 40; k++) {
        json.append(
            "\"sensor_%d\":{\"value\":%.4f,\"ok\":true,\"unit\":\"°C\"},"
                .formatted(k, random.nextGaussian() * 100));
      }
      json.append("\"uuid\":\"")
          .append(new java.util.UUID(random.nextLong(), random.nextLong()))
          .append("\"}");
      assertFalse(inspect(json.toString()).isPresent(), json::toString);
    }
    assertFalse(
        inspect("/Devices/Plant7/Line3/Cell12/Robot4/Axis6/Temperature/Raw".repeat(6)).isPresent());
    assertFalse(inspect("温度传感器报告:当前值二十一点五摄氏度,湿度百分之四十。".repeat(12)).isPresent());
  }

  @Test
  void whatIsTooShortIsNotJudged() {
    assertFalse(inspect(random(63, 5)).isPresent());
    assertFalse(inspect(BASE64.encodeToString(random(62, 5))).isPresent());
  }

  @Property(tries = 500)
  void anyBytesCanBeInspected(@ForAll byte[] bytes) {
    inspect(bytes);
  }

  private Finding assertFlagged(String decoder, String payload) {
    Finding finding = inspect(payload).orElseThrow();
    assertEquals(Action.FLAG, finding.getAction());
    assertEquals(decoder, finding.getAttributes().get("decoder"));
    return finding;
  }

  private void assertNotFlagged(byte[] bytes) {
    double entropy = Entropy.of(bytes, 0, bytes.length);
    assertTrue(entropy > 7.2, "would be flagged but for its format: " + entropy);
    assertFalse(inspect(bytes).isPresent());
    assertFalse(inspect("{\"blob\":\"" + BASE64.encodeToString(bytes) + "\"}").isPresent());
  }

  private Optional<Finding> inspect(String payload) {
    return inspect(payload.getBytes(StandardCharsets.UTF_8));
  }

  private Optional<Finding> inspect(byte[] payload) {
    return detector.inspect(Samples.seen(Samples.message(payload)), new Profile());
  }

  private static byte[] beginning(String hex) {
    byte[] begin = HexFormat.of().parseHex(hex);
    byte[] bytes = random(900, 6);
    System.arraycopy(begin, 0, bytes, 0, begin.length);
    return bytes;
  }

  private interface Compression {
    OutputStream over(OutputStream out) throws IOException;
  }

  private static byte[] compressed(Compression compression) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Random random = new Random(7);
    try (OutputStream in = compression.over(out)) {
      for (int i = 0; i < 300; i++) {
        in.write("{\"t\":%.3f},".formatted(random.nextGaussian()).getBytes(StandardCharsets.UTF_8));
      }
    }
    return out.toByteArray();
  }
}
