package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.DEFAULTS;
import static io.mqttsentinel.anomaly.Samples.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every detector counts what it finds and fails on, and how long it takes. */
final class AnomalyMetricsTest {

  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final List<Detector> detectors =
      AnomalyDetectorTopology.detectors(DEFAULTS, new Origins(GeoIp.open("", List.of())));
  private final MessageInspection inspection =
      new MessageInspection(detectors, new AnomalyMetrics(new ServiceMetrics(meters), detectors));

  @Test
  void areThereBeforeAnythingHappens() {
    for (Detector detector : detectors) {
      String rule = detector.alarm().ruleId();
      assertEquals(0, findings(rule), rule);
      assertEquals(0, meters.get("sentinel.anomaly.failures").tag("rule", rule).counter().count());
      assertEquals(0, meters.get("sentinel.anomaly.cost").tag("rule", rule).timer().count());
    }
    for (String rule :
        List.of(
            "connection_rate",
            "client_silent",
            "fleet_topic_rise",
            "fleet_failure_rise",
            "fleet_silence")) {
      assertEquals(0, findings(rule), rule);
    }
  }

  @Test
  void countAndMeasure() {
    send("dev-1", new byte[20_000]);
    assertEquals(1, findings("payload_oversized"));
    assertEquals(0, findings("publish_rate"));
    for (Detector detector : detectors) {
      String rule = detector.alarm().ruleId();
      var cost = meters.get("sentinel.anomaly.cost").tag("rule", rule).timer();
      assertEquals(1, cost.count(), rule);
      assertTrue(cost.totalTime(TimeUnit.NANOSECONDS) > 0, rule);
    }
  }

  /** What comes from outside is never the value of a tag. */
  @Test
  void messagesMakeNoMetersOfTheirOwn() {
    List<Meter.Id> before = meters.getMeters().stream().map(Meter::getId).toList();
    for (int i = 0; i < 100; i++) {
      send("dev-" + i, new byte[20_000]);
    }
    assertEquals(before, meters.getMeters().stream().map(Meter::getId).toList());
    assertEquals(100, findings("payload_oversized"));
  }

  private void send(String clientId, byte[] payload) {
    InspectedMessage message = Samples.message(MessageSource.DEVICE, clientId, payload);
    message.setAcceptedAt(START);
    inspection.of(message, new Profile(), null);
  }

  private double findings(String rule) {
    return meters.get("sentinel.anomaly.findings").tag("rule", rule).counter().count();
  }
}
