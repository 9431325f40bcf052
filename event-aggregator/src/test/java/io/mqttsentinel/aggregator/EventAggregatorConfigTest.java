package io.mqttsentinel.aggregator;

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
import io.mqttsentinel.schemas.SecurityEvent;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventAggregatorConfigTest {

  @Test
  void defaults() {
    assertEquals(Configs.with(), read(Map.of()));
  }

  @Test
  void everyKey() {
    Map<String, Object> keys = new HashMap<>();
    keys.put("repeat-window", "5m");
    keys.put("repeats-per-address", 3);
    keys.put("repeat-capacity", 500);
    keys.put("escalate-after", 7);
    keys.put("report-trials", false);
    keys.put("recent-events", 200);
    keys.put("stats-history", "30m");
    keys.put("latency-window", "20s");
    keys.put("stream-clients", 5);
    keys.put("stream-buffer", 32);
    keys.put("downlink-sample", 0);
    assertEquals(
        new EventAggregatorConfig(
            Duration.ofMinutes(5),
            3,
            500,
            7,
            false,
            200,
            Duration.ofMinutes(30),
            Duration.ofSeconds(20),
            5,
            32,
            0),
        read(keys));
  }

  @ParameterizedTest
  @CsvSource({
    "repeat-window,0s,positive",
    "repeats-per-address,0,at least 1",
    "repeat-capacity,0,at least 1",
    "escalate-after,0,at least 1",
    "recent-events,49,between",
    "stats-history,10s,between 1m and 1d",
    "latency-window,2h,between 1s and",
    "stream-clients,0,at least 1",
    "stream-buffer,15,at least 16",
    "downlink-sample,-1,between"
  })
  void wrongValueIsNamed(String key, String value, String expected) {
    RuntimeException failure = assertThrows(RuntimeException.class, () -> read(Map.of(key, value)));
    String message = ServiceMain.rootMessage(failure);
    assertTrue(message.contains("sentinel.event-aggregator." + key), message);
    assertTrue(message.contains(expected), message);
  }

  private static EventAggregatorConfig read(Map<String, Object> keys) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("sentinel.services.event-aggregator", true);
    keys.forEach((key, value) -> properties.put("sentinel.event-aggregator." + key, value));
    properties.put(ConfigurationAlone.SWITCH, true);
    try (ApplicationContext context = ApplicationContext.run(properties)) {
      return context.getBean(EventAggregatorConfig.class);
    }
  }

  /** Nothing is started that would need Kafka. */
  @Factory
  @Requires(property = ConfigurationAlone.SWITCH)
  @SuppressWarnings("DoNotCallSuggester") // the container calls them and takes the beans away
  static final class ConfigurationAlone {

    static final String SWITCH = "test.configuration-alone";

    @Context
    @Replaces(value = RunningTopology.class, factory = EventAggregatorStream.class)
    RunningTopology topology() {
      throw new DisabledBeanException("not in this test");
    }

    @Context
    @Replaces(value = Follower.class, factory = LiveView.class)
    Follower<SecurityEvent> followers() {
      throw new DisabledBeanException("not in this test");
    }

    @Context
    @Replaces(value = StatsReporter.class, factory = LiveView.class)
    StatsReporter reporter() {
      throw new DisabledBeanException("not in this test");
    }
  }
}
