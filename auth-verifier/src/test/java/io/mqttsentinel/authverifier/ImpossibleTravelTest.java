package io.mqttsentinel.authverifier;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.schemas.SecurityEvent;
import io.mqttsentinel.testing.TinyMmdb;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins from Oslo (lower half of the addresses) and from Sydney, 15 960 km away, or Stockholm. */
class ImpossibleTravelTest {

  private static final double[] OSLO = {59.91, 10.75};
  private static final double[] STOCKHOLM = {59.33, 18.07};
  private static final double[] SYDNEY = {-33.87, 151.21};
  private static final String HERE = "10.0.0.1:1000";
  private static final String THERE = "203.0.113.7:1000";

  @TempDir Path directory;

  private GeoIp geoIp = GeoIp.open("", List.of());
  private AuditDriver driver;

  @AfterEach
  void stop() {
    driver.close();
    geoIp.close();
  }

  @Test
  void noDeviceFliesAroundTheWorldInAnHour() throws IOException {
    start(SYDNEY, 20);
    driver.login(null, "a", 1, HERE);
    driver.pass(Duration.ofHours(1));
    driver.login(null, "a", 2, THERE);
    SecurityEvent event = driver.events().getFirst();
    assertEquals("impossible_travel", event.getType());
    assertEquals("a", event.getClientId());
    Map<String, String> why = event.getFindings().getFirst().getAttributes();
    assertEquals("at most 1000 km", why.get("expected"));
    assertEquals("1000 km/h", why.get("threshold"));
    assertEquals(HERE, why.get("from"));
    assertEquals(THERE, why.get("to"));
    driver.pass(Duration.ofMinutes(1));
    driver.login(null, "a", 3, HERE);
    assertEquals(List.of(), driver.types(), "the same is not repeated at once");
    driver.pass(Duration.ofHours(2));
    driver.login(null, "a", 4, THERE);
    assertEquals(List.of("impossible_travel"), driver.types());
  }

  @Test
  void flightTakesItsTime() throws IOException {
    start(SYDNEY, 20);
    driver.login(null, "a", 1, HERE);
    driver.pass(Duration.ofHours(17));
    driver.login(null, "a", 2, THERE);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void whatGeoIpMayBeWrongByIsNoTravel() throws IOException {
    start(STOCKHOLM, 0);
    driver.login(null, "a", 1, HERE);
    driver.login(null, "a", 2, THERE);
    assertEquals(List.of(), driver.types(), "417 km");
  }

  @Test
  void placeThatIsKnownVaguelyIsNoPlace() throws IOException {
    start(SYDNEY, 8000);
    driver.login(null, "a", 1, HERE);
    driver.login(null, "a", 2, THERE);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void clientsAreApart() throws IOException {
    start(SYDNEY, 20);
    driver.login(null, "a", 1, HERE);
    driver.login(null, "b", 2, THERE);
    assertEquals(List.of(), driver.types());
  }

  @Test
  void userNameTravelsWithItsNextClientId() throws IOException {
    start(SYDNEY, 20);
    driver.login("dave", "random-1", 1, HERE);
    driver.over("dave", "random-1", 1, HERE);
    driver.pass(Duration.ofHours(1));
    driver.login("dave", "random-2", 2, THERE);
    SecurityEvent event = driver.events().getFirst();
    assertEquals("impossible_travel", event.getType());
    assertEquals("dave", event.getUsername());
    assertEquals("user", event.getFindings().getFirst().getAttributes().get("basis"));
  }

  @Test
  void clientIdThatTravelsIsReportedOnce() throws IOException {
    start(SYDNEY, 20);
    driver.login("dave", "dave-1", 1, HERE);
    driver.login("dave", "dave-1", 2, THERE);
    assertEquals(List.of("impossible_travel"), driver.types());
  }

  @Test
  void loginIsForgottenWhenEverybodyMayBeEverywhere() throws IOException {
    start(SYDNEY, 20);
    driver.login(null, "a", 1, HERE);
    assertEquals(1, driver.stored(LoginProcessor.CLIENT_LOGINS));
    driver.pass(Samples.TRAVEL.reach().plusSeconds(2));
    assertEquals(0, driver.stored(LoginProcessor.CLIENT_LOGINS));
  }

  @Test
  void withoutPlacesNothingIsKept() {
    driver = new AuditDriver(Samples.SETTINGS, Samples.nowhere(), directory);
    driver.login(null, "a", 1, HERE);
    driver.login(null, "a", 2, THERE);
    assertEquals(List.of(), driver.types());
    assertEquals(0, driver.stored(LoginProcessor.CLIENT_LOGINS));
  }

  private void start(double[] there, int accuracy) throws IOException {
    Path file = TinyMmdb.writePlaces(directory.resolve("places.mmdb"), OSLO, there, accuracy);
    geoIp = GeoIp.open("", List.of(file.toString()));
    driver = new AuditDriver(Samples.SETTINGS, new Origins(geoIp), directory.resolve("state"));
  }
}
