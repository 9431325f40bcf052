package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.mqttsentinel.schemas.Finding;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FleetWatchTest {

  private final Clock clock = Clock.fixed(START.plus(Duration.ofDays(30)), ZoneOffset.UTC);
  private final FleetWatch fleet = new FleetWatch(Samples.DEFAULTS, clock);
  private final List<Finding> findings = new ArrayList<>();

  @Test
  void riseOfOneTopicIsReportedOnce() {
    for (int second = 0; second < 1200; second++) {
      messages("telemetry", 10, second);
      messages("alerts", second >= 900 ? 200 : 5, second);
    }
    assertEquals(1, findings.size());
    assertEquals("fleet_topic_rise", findings.getFirst().getRuleId());
    assertEquals("clients/+/alerts", findings.getFirst().getAttributes().get("subject"));
  }

  @Test
  void failuresWhereThereWereNone() {
    for (int second = 0; second < 1200; second++) {
      messages("telemetry", 10, second);
      for (int i = 0; second >= 900 && i < 10; i++) {
        fleet.failure("connect/bad_credentials", at(second)).ifPresent(findings::add);
      }
    }
    assertEquals(List.of("fleet_failure_rise"), findings.stream().map(Finding::getRuleId).toList());
  }

  @Test
  void aBurstAndADayThatBeginsAreNoRise() {
    for (int second = 0; second < 7200; second++) {
      messages("telemetry", 10 + second / 100, second);
      messages("alerts", second % 600 == 0 ? 2000 : 2, second);
    }
    assertEquals(List.of(), findings);
  }

  @Test
  void otherPartitionsBeginAnew() {
    for (int second = 0; second < 900; second++) {
      messages("telemetry", 10, second);
    }
    fleet.restart();
    for (int second = 900; second < 1100; second++) {
      messages("telemetry", 200, second);
    }
    assertEquals(List.of(), findings);
  }

  @Test
  void clockThatIsAheadIsNotFollowed() {
    for (int second = 0; second < 1200; second++) {
      messages("telemetry", 10, second);
      fleet
          .message("clients/a/telemetry", clock.millis() + 3_600_000L * (second + 1))
          .ifPresent(findings::add);
      messages("alerts", second >= 900 ? 200 : 5, second);
    }
    assertFalse(findings.isEmpty());
  }

  @Test
  void topicsOfOneKindAreOne() {
    assertEquals("clients/+/alerts", FleetWatch.pattern("clients/dev-1/alerts"));
    assertEquals("clients/+/a/+/b", FleetWatch.pattern("clients/clients/a/b17/b"));
    assertEquals("plant/+/line/+", FleetWatch.pattern("plant/12/line/7a"));
    assertEquals("news/all", FleetWatch.pattern("news/all"));
    assertEquals("clients/+", FleetWatch.pattern("clients/dev-1"));
  }

  private void messages(String topic, int count, int second) {
    for (int i = 0; i < count; i++) {
      fleet.message("clients/dev-" + i + "/" + topic, at(second)).ifPresent(findings::add);
    }
  }

  private static long at(int second) {
    return START.plusSeconds(second).toEpochMilli();
  }
}
