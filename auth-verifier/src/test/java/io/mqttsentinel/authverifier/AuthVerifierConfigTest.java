package io.mqttsentinel.authverifier;

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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class AuthVerifierConfigTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void defaults() {
    assertEquals(
        new AuthVerifierConfig(
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofHours(24)),
        bound(Map.of()));
  }

  @Test
  void everyKey() {
    assertEquals(
        new AuthVerifierConfig(
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(7),
            Duration.ofHours(8)),
        bound(
            Map.of(
                "sentinel.auth-verifier.hold", "3s",
                "sentinel.auth-verifier.hold-limit", "4s",
                "sentinel.auth-verifier.grace", "7s",
                "sentinel.auth-verifier.retention", "8h")));
  }

  @Test
  void refusalsNameTheKey() {
    assertRefused("hold (in ms)", Duration.ZERO, SECOND, SECOND, SECOND);
    assertRefused("hold-limit", SECOND, SECOND.dividedBy(2), SECOND, SECOND);
    assertRefused("grace", SECOND, SECOND, SECOND.negated(), SECOND);
    assertRefused("retention", SECOND, SECOND, SECOND, Duration.ZERO);
  }

  @Test
  void nonsenseAboutLoginsIsRefusedByName() {
    Duration window = Duration.ofMinutes(10);
    assertRefused("window", () -> new LoginWatchConfig(Duration.ZERO, 5, 20, 3, 100));
    assertRefused("failures", () -> new LoginWatchConfig(window, 0, 20, 3, 100));
    assertRefused("denials", () -> new LoginWatchConfig(window, 5, 0, 3, 100));
    assertRefused("takeovers", () -> new LoginWatchConfig(window, 5, 20, 0, 100));
    assertRefused("clients", () -> new LoginWatchConfig(window, 5, 20, 3, 0));
  }

  private static void assertRefused(String key, Executable made) {
    String message = assertThrows(IllegalArgumentException.class, made).getMessage();
    assertTrue(message.contains("sentinel.auth-verifier.logins." + key), message);
  }

  private static void assertRefused(
      String key, Duration hold, Duration holdLimit, Duration grace, Duration retention) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new AuthVerifierConfig(hold, holdLimit, grace, retention));
    assertTrue(
        refusal.getMessage().contains("sentinel.auth-verifier." + key + " is"),
        refusal.getMessage());
  }

  private static AuthVerifierConfig bound(Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("sentinel.services.auth-verifier", "true");
    all.put(WithoutStream.SWITCH, "true");
    all.put("micronaut.health.monitor.enabled", "false");
    try (ApplicationContext context = ApplicationContext.run(all)) {
      return context.getBean(AuthVerifierConfig.class);
    }
  }

  /** Configuration alone needs no Kafka. */
  @Factory
  @Requires(property = WithoutStream.SWITCH)
  static final class WithoutStream {

    static final String SWITCH = "test.without-stream";

    @SuppressWarnings("DoNotCallSuggester") // the container calls it and takes the bean away
    @Context
    @Replaces(value = RunningTopology.class, factory = AuthVerifierStream.class)
    RunningTopology none() {
      throw new DisabledBeanException("not in this test");
    }
  }
}
