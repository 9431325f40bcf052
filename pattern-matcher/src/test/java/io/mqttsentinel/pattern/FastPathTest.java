package io.mqttsentinel.pattern;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.TopicFilter;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ordinary telemetry passes without leaving anything for the collector. */
final class FastPathTest {

  private static final int ROUNDS = 2000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final RuleSet rules = ShippedRules.loaded();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "23.5",
        "ON",
        "plain words and numbers 17 42",
        "1764158400,dev-1,21.5,\"all well, so far\",ok",
        "1764158400;dev-1;21,5;;ok",
        "{\"device\":\"d-4983\",\"ts\":1760701604,\"temp\":21.5,\"state\":\"running\",\"errors\":[],"
            + "\"gps\":{\"lat\":48.137,\"lon\":11.575},\"alarm\":false,\"site\":\"munich\"}",
        "{\"time\":\"2026-03-01T12:00:00Z\",\"note\":\"door opened and closed\"}",
      })
  void allocatesNothing(String payload) {
    PatternInspector inspector =
        new PatternInspector(
            rules, List.of(TopicFilter.of("clients/+/alerts")), DecodeLimits.DEFAULT);
    InspectedMessage message =
        Messages.of("clients/dev-1/data", payload.getBytes(StandardCharsets.UTF_8));
    assertEquals(List.of(), inspector.inspect(message));
    // Until it is compiled, copying into native memory costs an object; so rounds are repeated.
    long least = Long.MAX_VALUE;
    for (int attempt = 0; attempt < 300 && least >= ROUNDS; attempt++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < ROUNDS; i++) {
        inspector.inspect(message);
      }
      least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < ROUNDS, least + " bytes in " + ROUNDS + " messages");
  }
}
