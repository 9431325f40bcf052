package io.mqttsentinel.authverifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.schemas.Severity;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A user name of one device that is used from several networks, or by many clients. */
class SharedCredentialsTest {

  private static final String HOME = "192.0.2.1:1000";
  private static final String ELSEWHERE = "198.51.100.1:1000";
  private static final Duration LONG_ENOUGH = Samples.USERS.overlap().plusSeconds(2);

  @TempDir Path state;

  private AuditDriver driver;

  @BeforeEach
  void start() {
    driver = new AuditDriver(Samples.SETTINGS, Samples.nowhere(), state);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void twoNetworksAtOnceAreReportedOnceTheyLast() {
    driver.login("dave", "dave-1", 1, HOME);
    driver.login("dave", "copy-of-dave", 2, ELSEWHERE);
    assertEquals(List.of(), driver.types());
    driver.pass(LONG_ENOUGH);
    List<SecurityEvent> events = driver.events();
    assertEquals(1, events.size());
    SecurityEvent event = events.getFirst();
    assertEquals("credentials_shared", event.getType());
    assertEquals(Severity.HIGH, event.getSeverity());
    assertEquals("dave", event.getUsername());
    assertEquals("copy-of-dave", event.getClientId());
    assertEquals(
        "192.0.2.1, 198.51.100.1", event.getFindings().getFirst().getAttributes().get("addresses"));
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types(), "once within the window");
    driver.pass(Samples.USERS.window());
    driver.pass(Duration.ofSeconds(2));
    assertEquals(List.of("credentials_shared"), driver.types(), "it goes on");
  }

  @Test
  void deviceThatMovesLeavesItsOldConnectionSoon() {
    driver.login("dave", "random-1", 1, HOME);
    driver.login("dave", "random-2", 2, ELSEWHERE);
    driver.pass(Duration.ofSeconds(90));
    driver.over("dave", "random-1", 1, HOME);
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void clientIdThatIsTakenOverIsInOnePlaceOnly() {
    driver.login("dave", "dave-1", 1, HOME);
    driver.login("dave", "dave-1", 2, ELSEWHERE);
    driver.over("dave", "dave-1", 1, HOME);
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void oneNetworkIsOnePlace() {
    driver.login("dave", "phone", 1, HOME);
    driver.login("dave", "tablet", 2, "192.0.2.77:2000");
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void userNameOfManyClientsIsReportedOnceAsThat() {
    for (int i = 0; i < 50; i++) {
      driver.login("gateway", "device-" + i, i + 1, "192.0.%d.1:1000".formatted(i));
    }
    List<SecurityEvent> events = driver.events();
    assertEquals(List.of("user_name_shared"), events.stream().map(SecurityEvent::getType).toList());
    assertEquals(Severity.LOW, events.getFirst().getSeverity());
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void clientIdsOfOtherDaysDoNotCount() {
    for (int i = 0; i < 10; i++) {
      driver.login("dave", "dave-" + i, i + 1, HOME);
      driver.over("dave", "dave-" + i, i + 1, HOME);
      driver.pass(Duration.ofHours(20));
    }
    assertEquals(List.of(), driver.types());
  }

  @Test
  void userNameThatIsSharedByDesignIsNotWatched() {
    driver.login("by-design", "a", 1, HOME);
    driver.login("by-design", "b", 2, ELSEWHERE);
    driver.login(null, "c", 3, HOME);
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types());
    assertEquals(0, driver.stored(UserProcessor.USERS));
  }

  @Test
  void connectionsOfAnEdgeThatIsGoneAreOver() {
    driver.login("dave", "random-1", 1, HOME);
    driver.edge(EdgeEventType.STARTED, 8);
    driver.login("dave", "random-2", 2, ELSEWHERE);
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void newsOfTheSameLifeOfAnEdgeEndsNothing() {
    driver.login("dave", "dave-1", 1, HOME);
    driver.edge(EdgeEventType.STARTED, 7);
    driver.edge(EdgeEventType.STOPPED, 6);
    driver.login("dave", "dave-2", 2, ELSEWHERE);
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of("credentials_shared"), driver.types());
  }

  @Test
  void whoWasReportedIsRememberedWhileItsWindowLasts() {
    driver.login("dave", "dave-1", 1, HOME);
    driver.pass(Duration.ofDays(3));
    driver.login("dave", "dave-2", 2, ELSEWHERE);
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of("credentials_shared"), driver.types());
    driver.over("dave", "dave-1", 1, HOME);
    driver.over("dave", "dave-2", 2, ELSEWHERE);
    driver.pass(Duration.ofHours(1));
    driver.login("dave", "dave-1", 3, HOME);
    driver.login("dave", "dave-2", 4, ELSEWHERE);
    driver.pass(LONG_ENOUGH);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void userWithoutConnectionsIsForgotten() {
    driver.login("dave", "dave-1", 1, HOME);
    driver.pass(Samples.USERS.window().plusDays(1));
    driver.over("dave", "dave-1", 1, HOME);
    driver.pass(Duration.ofSeconds(2));
    assertNotEquals(0, driver.stored(UserProcessor.USERS));
    driver.pass(Samples.USERS.window());
    driver.pass(Duration.ofSeconds(2));
    assertEquals(0, driver.stored(UserProcessor.USERS));
  }
}
