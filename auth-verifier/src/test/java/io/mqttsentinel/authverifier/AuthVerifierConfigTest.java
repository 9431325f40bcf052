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
import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthResult;
import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Response;
import io.mqttsentinel.runtime.ResponseConfig;
import io.mqttsentinel.runtime.RunningTopology;
import io.mqttsentinel.runtime.ServiceMain;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import reactor.core.publisher.Flux;

class AuthVerifierConfigTest {

  private static final Duration SECOND = Duration.ofSeconds(1);

  @Test
  void defaults() {
    assertEquals(
        new AuthVerifierConfig(
            Duration.ofSeconds(2),
            Duration.ofSeconds(60),
            Duration.ofSeconds(5),
            Duration.ofHours(24),
            List.of()),
        bound(Map.of()));
  }

  @Test
  void everyKey() {
    assertEquals(
        new AuthVerifierConfig(
            Duration.ofSeconds(3),
            Duration.ofSeconds(4),
            Duration.ofSeconds(7),
            Duration.ofHours(8),
            List.of()),
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
    assertRefused("logins.window", () -> new LoginWatchConfig(Duration.ZERO, 5, 20, 3, 100));
    assertRefused("logins.failures", () -> new LoginWatchConfig(window, 0, 20, 3, 100));
    assertRefused("logins.denials", () -> new LoginWatchConfig(window, 5, 0, 3, 100));
    assertRefused("logins.takeovers", () -> new LoginWatchConfig(window, 5, 20, 0, 100));
    assertRefused("logins.clients", () -> new LoginWatchConfig(window, 5, 20, 3, 0));
  }

  @Test
  void usersAndTravelHaveTheirDefaults() {
    Settings settings = bound(Settings.class, Map.of());
    assertEquals(
        new UsersConfig(true, 2, Duration.ofMinutes(3), 10, Duration.ofHours(24), List.of()),
        settings.users());
    assertEquals(new TravelConfig(1000, 500, Duration.ofHours(1)), settings.travel());
    assertEquals(Samples.respond(Response.REPORT), settings.responses());
    assertEquals(Samples.LIMITS, bound(ResponseConfig.class, Map.of()));
  }

  @Test
  void everyKeyOfResponses() {
    String prefix = "sentinel.auth-verifier.response.";
    Map<String, Object> keys =
        Map.of(
            prefix + "login-after-failures",
            "DISCONNECT_CLIENT",
            prefix + "permission-probing",
            "BAN_CLIENT",
            prefix + "client-id-shared",
            "BAN_ADDRESS",
            prefix + "credentials-shared",
            "DISCONNECT_USER",
            prefix + "impossible-travel",
            "BAN_USER",
            "sentinel.response.ban-for",
            "2h",
            "sentinel.response.most-per-minute",
            "3",
            "sentinel.response.most-bans",
            "4",
            "sentinel.response.pause",
            "5m",
            "sentinel.response.never",
            "a,192.0.2.1");
    assertEquals(
        new LoginResponses(
            Response.DISCONNECT_CLIENT,
            Response.BAN_CLIENT,
            Response.BAN_ADDRESS,
            Response.DISCONNECT_USER,
            Response.BAN_USER),
        bound(Settings.class, keys).responses());
    assertEquals(
        new ResponseConfig(
            Duration.ofHours(2), 3, 4, Duration.ofMinutes(5), List.of("a", "192.0.2.1")),
        bound(ResponseConfig.class, keys));
  }

  @Test
  void refusedLoginsNeverBanAnAccount() {
    Response report = Response.REPORT;
    assertRefused(
        "response.login-after-failures",
        () -> new LoginResponses(Response.BAN_USER, report, report, report, report));
  }

  @Test
  void everyKeyOfUsersAndTravel() {
    Settings settings =
        bound(
            Settings.class,
            Map.of(
                "sentinel.auth-verifier.users.watched", "false",
                "sentinel.auth-verifier.users.networks", "3",
                "sentinel.auth-verifier.users.overlap", "4m",
                "sentinel.auth-verifier.users.client-ids", "5",
                "sentinel.auth-verifier.users.window", "6h",
                "sentinel.auth-verifier.users.shared-by-design", "a,b",
                "sentinel.auth-verifier.travel.speed", "7",
                "sentinel.auth-verifier.travel.least-distance", "8",
                "sentinel.auth-verifier.travel.repeat-after", "9h"));
    assertEquals(
        new UsersConfig(false, 3, Duration.ofMinutes(4), 5, Duration.ofHours(6), List.of("a", "b")),
        settings.users());
    assertEquals(new TravelConfig(7, 8, Duration.ofHours(9)), settings.travel());
  }

  @Test
  void nonsenseAboutUsersAndTravelIsRefusedByName() {
    Duration hour = Duration.ofHours(1);
    List<String> none = List.of();
    assertRefused("users.networks", () -> new UsersConfig(true, 1, hour, 10, hour, none));
    assertRefused("users.networks", () -> new UsersConfig(true, 11, hour, 10, hour, none));
    assertRefused("users.overlap", () -> new UsersConfig(true, 2, hour.negated(), 10, hour, none));
    assertRefused("users.client-ids", () -> new UsersConfig(true, 2, hour, 101, hour, none));
    assertRefused("users.window", () -> new UsersConfig(true, 2, hour, 10, Duration.ZERO, none));
    assertRefused("travel.speed", () -> new TravelConfig(0, 500, hour));
    assertRefused("travel.least-distance", () -> new TravelConfig(1000, -1, hour));
    assertRefused("travel.repeat-after", () -> new TravelConfig(1000, 500, Duration.ZERO));
  }

  @Test
  void geoipFileThatIsNotThereIsRefusedByName() {
    Map<String, Object> key = Map.of(AuthVerifierConfig.GEOIP_FILES, "/nowhere/city.mmdb");
    var refusal = assertThrows(RuntimeException.class, () -> bound(GeoIp.class, key));
    String message = ServiceMain.rootMessage(refusal);
    assertTrue(message.contains("configuration " + AuthVerifierConfig.GEOIP_FILES), message);
  }

  @Test
  void withoutPlacesTheHealthSaysThatTravelIsNotLookedFor() {
    HealthResult result = Flux.from(bound(TravelHealth.class, Map.of()).getResult()).blockFirst();
    assertEquals(HealthStatus.UP, result.getStatus());
    assertTrue(result.getDetails().toString().contains("off: no GeoIP file"));
  }

  private static void assertRefused(String key, Executable made) {
    String message = assertThrows(IllegalArgumentException.class, made).getMessage();
    assertTrue(message.contains("sentinel.auth-verifier." + key), message);
  }

  private static void assertRefused(
      String key, Duration hold, Duration holdLimit, Duration grace, Duration retention) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new AuthVerifierConfig(hold, holdLimit, grace, retention, List.of()));
    assertTrue(
        refusal.getMessage().contains("sentinel.auth-verifier." + key + " is"),
        refusal.getMessage());
  }

  private static AuthVerifierConfig bound(Map<String, Object> properties) {
    return bound(AuthVerifierConfig.class, properties);
  }

  private static <T> T bound(Class<T> type, Map<String, Object> properties) {
    Map<String, Object> all = new HashMap<>(properties);
    all.put("sentinel.services.auth-verifier", "true");
    all.put(WithoutStream.SWITCH, "true");
    all.put("micronaut.health.monitor.enabled", "false");
    try (ApplicationContext context = ApplicationContext.run(all)) {
      return context.getBean(type);
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
