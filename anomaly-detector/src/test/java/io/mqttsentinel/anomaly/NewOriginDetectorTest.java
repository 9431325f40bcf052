package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.mqttsentinel.runtime.GeoIp;
import io.mqttsentinel.runtime.Origin;
import io.mqttsentinel.runtime.Origins;
import io.mqttsentinel.schemas.Finding;
import io.mqttsentinel.testing.TinyMmdb;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NewOriginDetectorTest {

  @TempDir Path directory;

  @Test
  void newCountryIsFoundAndNamed() throws IOException {
    try (GeoIp geoIp = open("NO", "BR", 64_500)) {
      Client client = client(geoIp);
      client.address("10.0.0.1:1000").send(50, Duration.ofSeconds(10));
      client.address("10.9.9.9:1000").send(5, Duration.ofSeconds(10));
      assertEquals(List.of(), client.findings(), "another network of a known provider");
      client.address("203.0.113.7:1000").send(5, Duration.ofSeconds(10));
      assertEquals(1, client.findings().size());
      Finding finding = client.findings().getFirst();
      assertEquals("country", finding.getAttributes().get("novelty"));
      assertEquals("NO", finding.getAttributes().get("expected"));
      assertEquals("BR", finding.getAttributes().get("observed"));
      client.address("10.0.0.1:1000").send(5, Duration.ofHours(1));
      client.address("203.0.113.7:1000").send(5, Duration.ofHours(1));
      assertEquals(1, client.findings().size(), "both are known now");
    }
  }

  @Test
  void withoutFilesNetworksAreToldApart() {
    Origins origins = Samples.origins();
    assertEquals(origins.of("192.0.2.1:1000"), origins.of("/192.0.2.200:2000"));
    assertEquals(origins.of("[2001:db8::1]:1"), origins.of("[2001:db8::ffff:2]:2"));
    assertEquals(Origin.UNKNOWN, origins.of(""));
    assertEquals(
        4,
        List.of("192.0.2.1:1", "192.0.3.1:1", "[2001:db8::1]:1", "[2001:db8:0:1::1]:1").stream()
            .map(address -> origins.of(address).network())
            .distinct()
            .count());
  }

  @Test
  void newClientHasNoUsualNetwork() {
    Client client = client(GeoIp.open("", List.of()));
    for (int i = 0; i < 100; i++) {
      client.address("192.0.%d.1:1000".formatted(i)).send(1, Duration.ofSeconds(10));
    }
    assertEquals(List.of(), client.findings());
  }

  private GeoIp open(String lower, String upper, int asn) throws IOException {
    Path file = TinyMmdb.write(directory.resolve("tiny.mmdb"), lower, upper, asn);
    return GeoIp.open("", List.of(file.toString()));
  }

  private static Client client(GeoIp geoIp) {
    return new Client(List.of(new NewOriginDetector(Samples.DEFAULTS, new Origins(geoIp))));
  }
}
