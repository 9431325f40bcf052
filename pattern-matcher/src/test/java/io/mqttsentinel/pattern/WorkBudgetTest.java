package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.TopicFilter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Whatever the payload, the work it makes is bounded, and what was not looked at is said. */
final class WorkBudgetTest {

  private static final int SIZE = 256 * 1024;
  private static final DecodeLimits LIMITS = DecodeLimits.DEFAULT;

  @Test
  void everyShapeStaysWithinViewsBytesAndWork() {
    HostilePayloads.all(SIZE)
        .forEach(
            (shape, payload) -> {
              Normalizer normalizer = new Normalizer(LIMITS);
              long[] total = new long[2];
              Normalizer.Limit limit =
                  normalizer.expand(
                      payload,
                      (view, chain) -> {
                        total[0]++;
                        total[1] += view.length;
                      });
              assertTrue(total[0] <= 1 + LIMITS.views(), shape + ": views " + total[0]);
              assertTrue(
                  total[1] <= payload.length + LIMITS.bytes(), shape + ": bytes " + total[1]);
              assertTrue(
                  normalizer.work() <= LIMITS.work() + 2L * SIZE,
                  shape + ": work " + normalizer.work());
              assertTrue(limit != null, shape);
            });
  }

  @Test
  void whatRepeatsItselfIsMatchedOnce() {
    for (String unit : List.of("' or ", "../", "<a b='", "%25", "&#x27;", "[", "/**/", "{{7*")) {
      long[] bytes = new long[1];
      Normalizer normalizer = new Normalizer(LIMITS);
      normalizer.expand(
          HostilePayloads.repeated(unit, SIZE), (view, chain) -> bytes[0] += view.length);
      assertTrue(bytes[0] < 12 * Repetition.KEPT, unit + ": " + bytes[0] + " bytes of views");
      assertTrue(normalizer.work() < SIZE / 4, unit + ": work " + normalizer.work());
    }
  }

  @Test
  void eachLimitIsSaidByItsName() {
    String deep = "%27";
    for (int i = 0; i < 6; i++) {
      deep = deep.replace("%", "%25");
    }
    byte[] bomb = HostilePayloads.all(4096).get("gzip bomb");
    assertEquals("payload: depth", limit(LIMITS, deep.getBytes(StandardCharsets.UTF_8)));
    assertEquals("payload: ratio", limit(with(1 << 20, 3, 1 << 24), bomb));
    assertEquals("payload: bytes", limit(with(2000, 1000, 1 << 24), bomb));
    assertEquals("payload: views", limit(new DecodeLimits(3, 0, 2000), text("%27 x")));
    assertEquals("payload: work", limit(with(1 << 20, 3, 1024), text(varied(600))));
    assertEquals(null, limit(LIMITS, text("%27 x")));
  }

  @Test
  void theActionOfATruncatedInspectionIsConfigured() {
    DecodeLimits strict = new DecodeLimits(3, 0, 2000, 10, 1 << 20, Action.QUARANTINE);
    Finding finding = truncated(strict, text("%27 x"));
    assertEquals(Action.QUARANTINE, finding.getAction());
  }

  @Test
  void longHonestPayloadsAreNotCalledTruncated() {
    DecodeLimits patient = LIMITS.within(Duration.ZERO);
    assertEquals(null, limit(patient, LongPayloads.log(200_000)));
    assertEquals(null, limit(patient, HostilePayloads.all(SIZE).get("noise")));
  }

  @Test
  void aCleanTopicIsLookedAtOnce() {
    FieldTexts texts = new FieldTexts();
    assertFalse(texts.isClean(InspectedField.TOPIC, "a/b"));
    texts.rememberClean(InspectedField.TOPIC, "a/b");
    assertTrue(texts.isClean(InspectedField.TOPIC, String.join("/", "a", "b")));
    assertFalse(texts.isClean(InspectedField.CLIENT_ID, "a/b"));
    assertFalse(texts.isClean(InspectedField.TOPIC, "a/c"));
  }

  @Test
  void namesAndAlertsThatAreNotMatchedToTheEndAreSaid() {
    StringBuilder yaml = new StringBuilder("threat_patterns:\n");
    for (int i = 1; i <= 80; i++) {
      yaml.append("- {name: n%d, pattern: 'abc.{%d}zq', action: flag,".formatted(i, i));
      yaml.append(" scope: {field: [topic, client_id, username]}}\n");
    }
    yaml.append("alert_validation:\n");
    for (int i = 1; i <= 80; i++) {
      yaml.append("- {name: a%d, pattern: 'abc.{%d}zq', action: flag}\n".formatted(i, i));
    }
    RuleSet java = RuleSet.load(Map.of("a.yaml", yaml.toString()), EngineChoice.JAVA, LIMITS);
    PatternInspector inspector =
        new PatternInspector(
            java, List.of(TopicFilter.of("alerts/#")), LIMITS.within(Duration.ZERO));
    StringBuilder text = new StringBuilder("zq abc");
    for (int i = 0; text.length() < 60_000; i++) {
      text.append(' ').append(i);
    }
    String name = text.toString();
    var message = Messages.of("a", "1");
    for (int i = 0; i < 2; i++) { // the second time as well: it was not clean
      message.setClientId(name);
      assertEquals("client_id: work", limit(inspector.inspect(message)));
    }
    message = Messages.of("a", "1");
    message.setUsername(name);
    assertEquals("username: work", limit(inspector.inspect(message)));
    assertEquals("topic: work", limit(inspector.inspect(Messages.of(name, "1"))));
    assertEquals("payload: work", limit(inspector.inspect(Messages.of("alerts/1", name))));
    assertEquals(null, limit(inspector.inspect(Messages.of("alerts/1", "1"))));
  }

  private static String limit(List<Finding> findings) {
    return findings.stream()
        .filter(finding -> finding.getRuleId().equals(PatternInspector.TRUNCATED))
        .map(finding -> finding.getAttributes().get("limit"))
        .findAny()
        .orElse(null);
  }

  /** Percent escapes that do not repeat themselves. */
  private static String varied(int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < count; i++) {
      text.append("%27").append(i);
    }
    return text.toString();
  }

  private static DecodeLimits with(int bytes, int ratio, int work) {
    return new DecodeLimits(5, 48, bytes, ratio, work, Action.FLAG);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String limit(DecodeLimits limits, byte[] payload) {
    Finding finding = truncated(limits, payload);
    return finding == null ? null : Map.copyOf(finding.getAttributes()).get("limit");
  }

  private static Finding truncated(DecodeLimits limits, byte[] payload) {
    List<Finding> findings =
        new ArrayList<>(
            new PatternInspector(ShippedRules.loaded(), List.of(), limits)
                .inspect(Messages.of("clients/dev-1/data", payload)));
    findings.removeIf(finding -> !finding.getRuleId().equals("inspection_truncated"));
    return findings.isEmpty() ? null : findings.getFirst();
  }
}
