package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Factory;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.context.annotation.Requires;
import io.micronaut.context.exceptions.DisabledBeanException;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import io.mqttsentinel.schemas.Action;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnomalyDetectorConfigTest {

  @Test
  void defaults() {
    assertEquals(Samples.DEFAULTS, bound(Map.of()));
  }

  @Test
  void everyKey() {
    assertEquals(
        new AnomalyDetectorConfig(
            1, 7.9, 2.5, 33, 34, 5, Duration.ofSeconds(6), Action.BLOCK, 7, Duration.ofSeconds(8)),
        bound(
            Map.of(
                "sentinel.anomaly-detector.payload-limit",
                1,
                "sentinel.anomaly-detector.entropy-limit",
                7.9,
                "sentinel.anomaly-detector.entropy-deviations",
                2.5,
                "sentinel.anomaly-detector.entropy-least-bytes",
                33,
                "sentinel.anomaly-detector.entropy-least-embedded-bytes",
                34,
                "sentinel.anomaly-detector.rate-limit",
                5,
                "sentinel.anomaly-detector.rate-window",
                "6s",
                "sentinel.anomaly-detector.rate-action",
                "BLOCK",
                "sentinel.anomaly-detector.cached-clients",
                7,
                "sentinel.anomaly-detector.checkpoint",
                "8s")));
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
    "rate-action, ALLOW",
    "cached-clients, 0",
    "checkpoint, 0s"
  })
  void refusalNamesKeyAndValue(String key, String value) {
    String full = "sentinel.anomaly-detector." + key;
    var refusal = assertThrows(RuntimeException.class, () -> bound(Map.of(full, value)));
    String message = ServiceMain.rootMessage(refusal);
    assertTrue(message.contains("configuration " + full), message);
  }

  private static AnomalyDetectorConfig bound(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("sentinel.services.anomaly-detector", "true");
    all.put(WithoutStream.SWITCH, "true");
    all.put("micronaut.health.monitor.enabled", "false");
    try (ApplicationContext context = ApplicationContext.run(all)) {
      return context.getBean(AnomalyDetectorConfig.class);
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
