package io.mqttsentinel.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.testing.TinyMmdb;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeoIpTest {

  private static final Place OSLO = new Place(59.91, 10.75, 0);
  private static final Place SYDNEY = new Place(-33.87, 151.21, 0);

  @TempDir Path directory;

  @Test
  void distanceIsAlongTheGreatCircle() {
    assertEquals(15_960, OSLO.distance(SYDNEY), 30);
    assertEquals(0, OSLO.distance(OSLO), 0.001);
    assertEquals(20_015, new Place(0, 0, 0).distance(new Place(0, 180, 0)), 1);
  }

  @Test
  void whatBothMayBeWrongByIsNoDistance() {
    double between = OSLO.distance(SYDNEY);
    Place vague = new Place(OSLO.latitude(), OSLO.longitude(), 1000);
    assertEquals(between - 1000, vague.distance(SYDNEY), 0.001);
    assertEquals(0, vague.distance(OSLO));
  }

  @Test
  void placesAreThoseOfTheFile() throws IOException {
    Path file = directory.resolve("places.mmdb");
    TinyMmdb.writePlaces(file, new double[] {59.91, 10.75}, new double[] {-33.87, 151.21}, 20);
    try (GeoIp geoIp = open(file)) {
      assertTrue(geoIp.knowsPlaces());
      Origins origins = new Origins(geoIp);
      assertEquals(new Place(59.91, 10.75, 20), origins.of("10.0.0.1:1").place());
      assertEquals(new Place(-33.87, 151.21, 20), origins.of("203.0.113.7:1").place());
    }
  }

  @Test
  void aFileOfCountriesKnowsNoPlaces() throws IOException {
    try (GeoIp geoIp = open(TinyMmdb.write(directory.resolve("tiny.mmdb"), "NO", "BR", 64_500))) {
      assertFalse(geoIp.knowsPlaces());
      assertEquals("NO", new Origins(geoIp).of("10.0.0.1:1").country());
    }
    try (GeoIp none = GeoIp.open("files", List.of())) {
      assertFalse(none.knowsPlaces());
    }
  }

  @Test
  void fileThatIsNotThereIsRefusedByKey() {
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> GeoIp.open("sentinel.some.geoip-files", List.of("/nowhere/city.mmdb")));
    assertTrue(refusal.getMessage().contains("sentinel.some.geoip-files is '/nowhere"));
  }

  private static GeoIp open(Path file) {
    return GeoIp.open("files", List.of(file.toString()));
  }
}
