package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.runtime.Responder.Outgoing;
import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.AnalyticType;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.schemas.InvalidationScope;
import io.mqttsentinel.schemas.Schemas;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResponderTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Duration HOUR = Duration.ofHours(1);

  static {
    // Loads the class that makes Avro trust our records.
    Schemas.published(SecurityEvent.class);
  }

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> bans = new ArrayList<>();
  private Instant now = START;
  private final Responder responder =
      new Responder(
          "some-service",
          new ResponseConfig(HOUR, 3, 5, Duration.ofMinutes(15), List.of("spared")),
          new ServiceMetrics(meters),
          new Now());

  @Test
  void banNamesItsSourceAndEndsByItself() {
    List<Outgoing> records = respond(Response.BAN_CLIENT, "dev-1");
    assertEquals(Topics.AUTH_BANS, records.getFirst().topic());
    assertEquals("CLIENT_ID:dev-1", records.getFirst().key());
    Ban ban = (Ban) records.getFirst().value();
    assertEquals(
        new Ban(
            START,
            BanKind.CLIENT_ID,
            "dev-1",
            START.plus(HOUR),
            "some-service: some_rule",
            "some-service"),
        ban);
    SecurityEvent event = (SecurityEvent) records.getLast().value();
    assertEquals("response_ban", event.getType());
    assertEquals(Action.BLOCK, event.getAction());
    assertEquals("dev-1", event.getClientId());
    assertEquals("ban_client", event.getAttributes().get("response"));
    assertEquals("2026-01-01T01:00:00Z", event.getAttributes().get("until"));
    assertEquals(2, records.size());
  }

  @Test
  void whoIsBannedIsAQuestionOfTheResponse() {
    assertEquals("USERNAME:user", respond(Response.BAN_USER, "a").getFirst().key());
    assertEquals("ADDRESS:192.0.2.1", respond(Response.BAN_ADDRESS, "a").getFirst().key());
  }

  @Test
  void disconnectionIsARevocation() {
    Outgoing order = respond(Response.DISCONNECT_USER, "a").getFirst();
    assertEquals(Topics.AUTH_INVALIDATIONS, order.topic());
    assertEquals(
        new AuthInvalidation(START, InvalidationScope.USERNAME, "user", true, "some-service"),
        order.value());
    AuthInvalidation client =
        (AuthInvalidation) respond(Response.DISCONNECT_CLIENT, "a").getFirst().value();
    assertEquals(InvalidationScope.CLIENT_ID, client.getScope());
  }

  @Test
  void findingOnTrialHasNoConsequence() {
    Finding onTrial = finding();
    onTrial.setShadow(true);
    for (Response response : Response.values()) {
      assertEquals(
          List.of(), responder.respond(response, onTrial, about("a"), now, bans::contains));
    }
  }

  @Test
  void reportIsAllThatIsAskedForByDefault() {
    assertEquals(List.of(), respond(Response.REPORT, "a"));
  }

  @Test
  void someAreNeverTouchedAndNobodyIsNoOne() {
    assertEquals(List.of(), respond(Response.BAN_CLIENT, "spared"));
    assertEquals(List.of(), respond(Response.BAN_CLIENT, ""));
    SecurityEvent about = about("a");
    for (String address : List.of("127.0.0.1:1", "[::1]:1", "", "some-host:1")) {
      about.setRemoteAddress(address);
      assertEquals(
          List.of(), responder.respond(Response.BAN_ADDRESS, finding(), about, now, b -> false));
    }
    assertEquals(1, counted("spared"));
    assertEquals(5, counted("nobody"));
  }

  @Test
  void banThatIsThereIsNotShortened() {
    bans.add("CLIENT_ID:dev-1");
    assertEquals(List.of(), respond(Response.BAN_CLIENT, "dev-1"));
    assertEquals(1, counted("repeated"));
  }

  @Test
  void banIsNotRepeatedBeforeItIsKnown() {
    respond(Response.BAN_CLIENT, "dev-1");
    assertEquals(List.of(), respond(Response.BAN_CLIENT, "dev-1"));
    now = now.plusSeconds(61);
    assertEquals(2, respond(Response.BAN_CLIENT, "dev-1").size(), "it was lifted, or got lost");
  }

  @Test
  void whatIsFoundTooLateBansNobody() {
    assertEquals(
        List.of(),
        responder.respond(
            Response.BAN_CLIENT, finding(), about("a"), now.minus(HOUR), bans::contains));
    assertEquals(1, counted("late"));
  }

  @Test
  void moreThanTheLimitOfAMinutePausesAllAndSaysSoOnce() {
    for (int i = 0; i < 3; i++) {
      assertEquals(2, respond(Response.BAN_CLIENT, "dev-" + i).size());
    }
    List<Outgoing> records = respond(Response.DISCONNECT_CLIENT, "dev-3");
    assertEquals(1, records.size());
    SecurityEvent event = (SecurityEvent) records.getFirst().value();
    assertEquals("response_paused", event.getType());
    assertEquals(Severity.HIGH, event.getSeverity());
    now = now.plusSeconds(14 * 60);
    assertEquals(List.of(), respond(Response.BAN_CLIENT, "dev-4"));
    now = now.plusSeconds(60);
    assertEquals(2, respond(Response.BAN_CLIENT, "dev-5").size());
    assertEquals(4, counted("ordered"));
    assertEquals(2, counted("paused"));
  }

  @Test
  void bansInForceAreBoundedHoweverSlowlyTheyCome() {
    for (int i = 0; i < 5; i++) {
      assertEquals(2, respond(Response.BAN_CLIENT, "dev-" + i).size());
      now = now.plusSeconds(61);
    }
    assertEquals(1, respond(Response.BAN_CLIENT, "dev-5").size());
    now = now.plus(HOUR);
    assertEquals(2, respond(Response.BAN_CLIENT, "dev-6").size());
  }

  @Test
  void sameFindingAgainIsTheSameEvent() {
    SecurityEvent once = (SecurityEvent) respond(Response.BAN_CLIENT, "a").getLast().value();
    now = now.plusSeconds(61);
    SecurityEvent again = (SecurityEvent) respond(Response.BAN_CLIENT, "a").getLast().value();
    assertEquals(once.getEventId(), again.getEventId());
  }

  @Test
  void refusalsNameTheKey() {
    assertRefused("ban-for", Duration.ZERO, 1, 1, HOUR);
    assertRefused("most-per-minute", HOUR, 0, 1, HOUR);
    assertRefused("most-bans", HOUR, 1, 0, HOUR);
    assertRefused("pause", HOUR, 1, 1, Duration.ZERO);
  }

  private static void assertRefused(
      String key, Duration banFor, int perMinute, int bans, Duration pause) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ResponseConfig(banFor, perMinute, bans, pause, List.of()));
    assertTrue(refusal.getMessage().contains("sentinel.response." + key), refusal.getMessage());
  }

  private List<Outgoing> respond(Response response, String clientId) {
    return responder.respond(response, finding(), about(clientId), now, bans::contains);
  }

  private double counted(String outcome) {
    return meters.get("sentinel.responses").tag("outcome", outcome).counters().stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static Finding finding() {
    return Finding.newBuilder()
        .setRuleId("some_rule")
        .setStage("some-service")
        .setAnalyticType(AnalyticType.BEHAVIORAL)
        .setSeverity(Severity.MEDIUM)
        .setAction(Action.FLAG)
        .setTitle("Some rule")
        .build();
  }

  private static SecurityEvent about(String clientId) {
    return SecurityEvent.newBuilder()
        .setEventId("cause-of-" + clientId)
        .setAt(START)
        .setRegion("local")
        .setEdge("edge-0")
        .setLayer(SecurityLayer.AUTHENTICATION)
        .setType("some_rule")
        .setTitle("Some rule")
        .setSeverity(Severity.MEDIUM)
        .setAction(Action.FLAG)
        .setClientId(clientId)
        .setUsername("user")
        .setRemoteAddress("192.0.2.1:1000")
        .build();
  }

  private final class Now extends Clock {

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }
}
