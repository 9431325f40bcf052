package io.mqttsentinel.pattern;

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
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PatternMatcherConfigTest {

  @Test
  void defaults() {
    assertEquals(
        new PatternMatcherConfig(
            "auto",
            "classpath",
            Duration.ofSeconds(5),
            "",
            List.of("clients/+/alerts"),
            5,
            48,
            262_144,
            100,
            2_097_152,
            Duration.ofMillis(3),
            "flag"),
        bind(Map.of()));
    assertEquals(DecodeLimits.DEFAULT, bind(Map.of()).limits());
  }

  @Test
  void everyKeyIsMapped() {
    assertEquals(
        new PatternMatcherConfig(
            "java",
            "/etc/rules",
            Duration.ofSeconds(30),
            "/var/cache/rules",
            List.of("a/#", "b/+"),
            2,
            9,
            99,
            7,
            4096,
            Duration.ZERO,
            "block"),
        bind(
            Map.ofEntries(
                Map.entry("engine", "java"),
                Map.entry("rules", "/etc/rules"),
                Map.entry("reload-interval", "30s"),
                Map.entry("cache-directory", "/var/cache/rules"),
                Map.entry("alert-topics", List.of("a/#", "b/+")),
                Map.entry("max-depth", 2),
                Map.entry("max-views", 9),
                Map.entry("max-decoded-bytes", 99),
                Map.entry("max-inflation-ratio", 7),
                Map.entry("max-work", 4096),
                Map.entry("max-time", "0s"),
                Map.entry("truncated-action", "block"))));
  }

  @ParameterizedTest
  @CsvSource({
    "rules, ' '",
    "reload-interval, 0s",
    "alert-topics, a/#/b",
    "max-depth, 11",
    "max-views, -1",
    "max-decoded-bytes, -1",
    "max-inflation-ratio, 0",
    "max-work, 100",
    "max-time, -1s",
    "max-time, 11s",
    "truncated-action, allow",
    "engine, perl"
  })
  void refusesBadValues(String key, String value) {
    Exception refusal = assertThrows(Exception.class, () -> bind(Map.of(key, value)));
    Throwable cause = refusal;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String all = refusal.getMessage() + cause.getMessage();
    assertTrue(all.contains(key) || all.contains(value), all);
  }

  private static PatternMatcherConfig bind(Map<String, Object> values) {
    Map<String, Object> properties = new HashMap<>();
    values.forEach((key, value) -> properties.put("sentinel.pattern-matcher." + key, value));
    properties.put("sentinel.services.pattern-matcher", "true");
    properties.put(WithoutStream.SWITCH, "true");
    properties.put("micronaut.health.monitor.enabled", "false");
    try (ApplicationContext context = ApplicationContext.run(properties)) {
      return context.getBean(PatternMatcherConfig.class);
    }
  }

  /** Configuration alone needs no Kafka. */
  @Factory
  @Requires(property = WithoutStream.SWITCH)
  static final class WithoutStream {

    static final String SWITCH = "test.without-stream";

    @SuppressWarnings("DoNotCallSuggester") // the container calls it and takes the bean away
    @Context
    @Replaces(value = RunningTopology.class, factory = PatternMatcherStream.class)
    RunningTopology none() {
      throw new DisabledBeanException("not in this test");
    }
  }
}
