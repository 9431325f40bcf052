package io.mqttsentinel.fanout;

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
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FanoutConfigTest {

  @Test
  void defaults() {
    assertEquals(
        new FanoutConfig(
            64,
            10_000,
            4 << 20,
            Duration.ofHours(72),
            Duration.ofHours(6),
            256 << 10,
            10_000,
            Duration.ofSeconds(5)),
        read(Map.of()));
  }

  @Test
  void everyKeyIsRead() {
    assertEquals(
        new FanoutConfig(
            10,
            20,
            1 << 20,
            Duration.ofHours(1),
            Duration.ofMinutes(5),
            4096,
            7,
            Duration.ofSeconds(9)),
        read(
            Map.of(
                "sentinel.fanout.window", "10",
                "sentinel.fanout.queue-max-messages", "20",
                "sentinel.fanout.queue-max-bytes", "1048576",
                "sentinel.fanout.queue-max-age", "1h",
                "sentinel.fanout.deduplication-age", "5m",
                "sentinel.fanout.max-subscription-bytes", "4096",
                "sentinel.fanout.cached-sessions", "7",
                "sentinel.fanout.edge-patience", "9s")));
  }

  @ParameterizedTest
  @CsvSource({
    "window, 0",
    "window, 65536",
    "queue-max-messages, 63",
    "queue-max-messages, 60001",
    "queue-max-bytes, 1000",
    "queue-max-age, 0s",
    "deduplication-age, -1s",
    "max-subscription-bytes, 10000000",
    "cached-sessions, 0",
    "edge-patience, 999ms",
  })
  void badValueIsNamed(String key, String value) {
    Map<String, Object> properties = Map.of("sentinel.fanout." + key, value);

    RuntimeException e = assertThrows(RuntimeException.class, () -> read(properties));

    String message = ServiceMain.rootMessage(e);
    assertTrue(message.startsWith("configuration sentinel.fanout." + key + " is '"), message);
  }

  private static FanoutConfig read(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("sentinel.services.fanout-delivery", true);
    all.put(ConfigurationAlone.SWITCH, true);
    try (ApplicationContext context = ApplicationContext.run(all)) {
      return context.getBean(FanoutConfig.class);
    }
  }

  /** Nothing is started that would need Kafka. */
  @Factory
  @Requires(property = ConfigurationAlone.SWITCH)
  static final class ConfigurationAlone {

    static final String SWITCH = "test.configuration-alone";

    @Context
    @Replaces(value = RunningTopology.class, factory = FanoutStream.class)
    @SuppressWarnings("DoNotCallSuggester") // the container calls it and takes the bean away
    RunningTopology topology() {
      throw new DisabledBeanException("not in this test");
    }
  }
}
