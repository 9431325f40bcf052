package io.mqttsentinel.anomaly;

import static io.mqttsentinel.anomaly.Samples.DEFAULTS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.exceptions.DisabledBeanException;
import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnomalyDetectorConfigTest {

  private static final String PREFIX = "sentinel.anomaly-detector.";

  @Test
  void defaults() {
    assertEquals(DEFAULTS, bound(Map.of()));
  }

  @Test
  void everyKey() {
    Map<String, Object> keys = new HashMap<>();
    put(keys, "payload-limit", 1, "entropy-limit", 7.9, "entropy-deviations", 2.5);
    put(keys, "entropy-least-bytes", 33, "entropy-least-embedded-bytes", 34);
    put(keys, "rate-limit", 5, "rate-window", "6s");
    put(keys, "connection-limit", 7, "connection-window", "8s");
    put(keys, "cached-clients", 9, "checkpoint", "10s", "checkpoint-writes", 11);
    put(keys, "baseline.min-observations", 12, "baseline.deviations", 1.3);
    put(keys, "baseline.factor", 1.4 + 1, "baseline.raise-after", 15, "baseline.clear-after", 16);
    put(keys, "baseline.suppress", "17s", "baseline.rate-window", "18s");
    put(keys, "baseline.rate-floor", 19, "baseline.learning", "20s");
    put(keys, "baseline.off-hours-days", 21, "baseline.silence-factor", 2.2);
    put(keys, "baseline.silence-floor", "23s", "baseline.class-clients", 24);
    put(keys, "baseline.fleet-floor", 25, "baseline.failure-floor", 26);
    put(keys, "baseline.forget-after", "27s");
    put(keys, "mode.publish-rate", "OFF", "mode.publish-rate-rise", "ACT");
    put(keys, "mode.payload-oversized", "ALERT", "mode.payload-size-rise", "ACT");
    put(keys, "mode.payload-high-entropy", "OFF", "mode.payload-entropy-shift", "ACT");
    put(keys, "mode.payload-type-change", "OFF", "mode.topic-novelty", "ACT");
    put(
        keys,
        "mode.new-origin",
        "OFF",
        "mode.off-hours",
        "ACT",
        "mode.connection-rate",
        "BAN_CLIENT");
    put(keys, "mode.client-silent", "OFF", "mode.fleet", "OFF");
    assertEquals(
        new Settings(
            new AnomalyDetectorConfig(
                1,
                7.9,
                2.5,
                33,
                34,
                5,
                Duration.ofSeconds(6),
                7,
                Duration.ofSeconds(8),
                List.of(),
                9,
                Duration.ofSeconds(10),
                11),
            new BaselineConfig(
                12,
                1.3,
                2.4,
                15,
                16,
                Duration.ofSeconds(17),
                Duration.ofSeconds(18),
                19,
                Duration.ofSeconds(20),
                21,
                2.2,
                Duration.ofSeconds(23),
                24,
                25,
                26,
                Duration.ofSeconds(27)),
            new DetectorModes(
                Mode.OFF,
                Mode.ACT,
                Mode.ALERT,
                Mode.ACT,
                Mode.OFF,
                Mode.ACT,
                Mode.OFF,
                Mode.ACT,
                Mode.OFF,
                Mode.ACT,
                Mode.BAN_CLIENT,
                Mode.OFF,
                Mode.OFF),
            Samples.responses()),
        bound(keys));
  }

  @ParameterizedTest
  @CsvSource({
    "payload-limit, 0",
    "entropy-limit, 8.1",
    "entropy-deviations, -1",
    "entropy-least-bytes, 31",
    "entropy-least-embedded-bytes, 31",
    "rate-limit, 0",
    "rate-window, 9ms",
    "connection-limit, 0",
    "connection-window, 0s",
    "geoip-files, /nowhere/country.mmdb",
    "cached-clients, 0",
    "checkpoint, 0s",
    "checkpoint-writes, 0",
    "baseline.min-observations, 7",
    "baseline.deviations, 0.5",
    "baseline.factor, 1",
    "baseline.raise-after, 0",
    "baseline.clear-after, 51",
    "baseline.suppress, 0s",
    "baseline.rate-window, 999ms",
    "baseline.rate-floor, 0",
    "baseline.learning, 0s",
    "baseline.off-hours-days, 0",
    "baseline.silence-factor, 0.5",
    "baseline.silence-floor, 0s",
    "baseline.class-clients, 1",
    "baseline.fleet-floor, 0",
    "baseline.failure-floor, 0",
    "baseline.forget-after, 0s",
    "mode.connection-rate, ACT",
    "mode.client-silent, ACT",
    "mode.fleet, ACT",
    "mode.client-silent, BAN_CLIENT",
    "mode.fleet, BAN_CLIENT"
  })
  void refusalNamesKeyAndValue(String key, String value) {
    String full = PREFIX + key;
    var refusal = assertThrows(RuntimeException.class, () -> bound(Map.of(full, value)));
    String message = ServiceMain.rootMessage(refusal);
    assertTrue(message.contains("configuration " + full), message);
  }

  private static void put(Map<String, Object> to, Object... keysAndValues) {
    for (int i = 0; i < keysAndValues.length; i += 2) {
      to.put(PREFIX + keysAndValues[i], keysAndValues[i + 1]);
    }
  }

  private static Settings bound(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("sentinel.services.anomaly-detector", "true");
    all.put(WithoutStream.SWITCH, "true");
    all.put("micronaut.health.monitor.enabled", "false");
    try (ApplicationContext context = ApplicationContext.run(all)) {
      context.getBean(GeoIp.class);
      return context.getBean(Settings.class);
    }
  }

  /** Configuration alone needs no Kafka. */
  @Factory
  @Requires(property = WithoutStream.SWITCH)
  static final class WithoutStream {

    static final String SWITCH = "test.without-stream";

    @SuppressWarnings("DoNotCallSuggester") // the container calls it and takes the bean away
    @Context
    @Replaces(value = RunningTopology.class, factory = AnomalyDetectorStream.class)
    RunningTopology none() {
      throw new DisabledBeanException("not in this test");
    }
  }
}
