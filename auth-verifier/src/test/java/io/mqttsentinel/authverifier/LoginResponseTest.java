package io.mqttsentinel.authverifier;

import static io.mqttsentinel.authverifier.Samples.START;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.runtime.Response;
import io.mqttsentinel.runtime.ServiceMetrics;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthInvalidation;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.InvalidationScope;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Topics;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TopologyDescription;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done about findings, where that is configured. */
class LoginResponseTest {

  private static final String HOME = "192.0.2.1:1000";
  private static final String ELSEWHERE = "198.51.100.1:1000";

  @TempDir Path state;

  private AuditDriver driver;

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void proberIsBannedForAWhileAndThatIsAnEvent() {
    start(Response.BAN_CLIENT);
    probe("a");
    KeyValue<String, Ban> record = driver.output(Topics.AUTH_BANS).readKeyValue();
    assertEquals("CLIENT_ID:a", record.key);
    assertEquals("auth-verifier: permission_probing", record.value.getReason());
    assertEquals(START.plus(Duration.ofHours(1)), record.value.getUntil());
    List<SecurityEvent> events = driver.events();
    assertEquals(
        List.of("permission_probing", "response_ban"),
        events.stream().map(SecurityEvent::getType).toList());
    assertEquals("auth-verifier", events.getLast().getAttributes().get("source"));
    probe("a");
    assertEquals(List.of("permission_probing"), driver.types(), "it is banned already");
    assertEquals(
        1, driver.meters.get("sentinel.responses").tag("outcome", "ordered").counter().count());
  }

  @Test
  void banOfAPersonIsLeftAlone() {
    start(Response.BAN_CLIENT);
    Ban forever = new Ban(START, BanKind.CLIENT_ID, "a", null, "stolen", "alice");
    driver.input(Topics.AUTH_BANS).pipeInput("CLIENT_ID:a", forever);
    probe("a");
    assertEquals(List.of("permission_probing"), driver.types());
    driver.input(Topics.AUTH_BANS).pipeInput("CLIENT_ID:a", null);
    probe("a");
    assertEquals(List.of("permission_probing", "response_ban"), driver.types());
  }

  @Test
  void sharedCredentialsDisconnectAllThatUseThem() {
    start(Response.DISCONNECT_USER);
    driver.login("dave", "dave-1", 1, HOME);
    driver.login("dave", "dave-2", 2, ELSEWHERE);
    driver.pass(Samples.USERS.overlap().plusSeconds(2));
    AuthInvalidation order = driver.output(Topics.AUTH_INVALIDATIONS).readValue();
    assertEquals(InvalidationScope.USERNAME, order.getScope());
    assertEquals("dave", order.getValue());
    assertTrue(order.getDisconnect());
    assertEquals(List.of("credentials_shared", "response_disconnect"), driver.types());
  }

  @Test
  void whoLogsInAfterFailuresOfOthersDoesNotSufferForThem() {
    start(Response.BAN_ADDRESS);
    fail("a", ELSEWHERE, 5);
    driver.login(null, "a", 1, HOME);
    assertEquals(List.of("login_after_failures"), driver.types());
    fail("b", ELSEWHERE, 4);
    fail("b", HOME, 1);
    driver.login(null, "b", 2, HOME);
    assertEquals(List.of("login_after_failures"), driver.types());
    fail("c", HOME, 5);
    driver.login(null, "c", 3, HOME);
    assertEquals(List.of("login_after_failures", "response_ban"), driver.types());
    assertEquals("ADDRESS:192.0.2.1", driver.output(Topics.AUTH_BANS).readKeyValue().key);
  }

  @Test
  void fleetThatIsFoundAtOnceIsNotLockedOut() {
    start(Response.BAN_CLIENT);
    for (int i = 0; i < 100; i++) {
      probe("device-" + i);
    }
    assertEquals(10, driver.output(Topics.AUTH_BANS).readValuesToList().size());
    List<String> types = driver.types();
    assertEquals(1, types.stream().filter("response_paused"::equals).count());
    assertEquals(100, types.stream().filter("permission_probing"::equals).count());
  }

  @Test
  void reportIsAllThatIsDoneByDefault() {
    start(Response.REPORT);
    probe("a");
    assertEquals(List.of("permission_probing"), driver.types());
  }

  /** State on disk belongs to the number of a task. */
  @Test
  void whatWasAddedRenumbersNoTask() {
    start(Response.BAN_CLIENT);
    var topology =
        AuthVerifierTopology.build(
            Samples.responding(Response.BAN_CLIENT),
            Samples.nowhere(),
            Samples.LIMITS,
            new AvroSerdes(new InMemorySchemaRegistry()),
            new ServiceMetrics(driver.meters),
            new FakeSessionLog(),
            Clock.systemUTC());
    Map<Integer, Set<String>> sources = new TreeMap<>();
    for (var part : topology.describe().subtopologies()) {
      part.nodes().stream()
          .filter(TopologyDescription.Source.class::isInstance)
          .forEach(
              node ->
                  sources
                      .computeIfAbsent(part.id(), id -> new TreeSet<>())
                      .addAll(((TopologyDescription.Source) node).topicSet()));
    }
    assertEquals(
        Map.of(
            0, Set.of("inspected.anomaly", "session.events"),
            1, Set.of("audit.auth"),
            2, Set.of("auth.logins", "edges.over")),
        sources);
  }

  private void start(Response response) {
    driver = new AuditDriver(Samples.responding(response), Samples.nowhere(), state);
  }

  private void probe(String clientId) {
    for (int i = 0; i < 20; i++) {
      driver.audit(AuditActivity.PUBLISH, AuditOutcome.FAILURE, null, clientId, 1, HOME);
    }
  }

  private void fail(String clientId, String address, int times) {
    for (int i = 0; i < times; i++) {
      driver.audit(AuditActivity.CONNECT, AuditOutcome.FAILURE, null, clientId, 0, address);
    }
  }
}
