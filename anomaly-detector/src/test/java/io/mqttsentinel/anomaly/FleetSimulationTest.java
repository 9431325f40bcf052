package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Finding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** What devices ordinarily do raises nothing, or hardly ever; what attackers do is found. */
class FleetSimulationTest {

  private static final List<Detector> ALL =
      AnomalyDetectorTopology.detectors(Samples.DEFAULTS, Samples.origins());
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Random random = new Random(42);
  private final MessageInspection inspection = Client.inspection(ALL);

  // ---- ordinary fleets --------------------------------------------------------------------------

  @Test
  void jitteredTelemetryWithOneReportADay() {
    List<Client> fleet = fleet("sensor-", 40);
    for (int i = 0; i < 1440 * 3; i++) {
      for (Client client : fleet) {
        telemetry(client, 1000 * (50 + random.nextInt(20)));
        if (i % 1440 == 1000) {
          client.topic("report").payload(json(5000)).send(1, Duration.ofSeconds(1));
        }
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void dayAndNight() {
    List<Client> fleet = fleet("plc-", 20);
    for (int day = 0; day < 20; day++) {
      for (Client client : fleet) {
        client.at(Samples.START.plus(Duration.ofDays(day)).plusSeconds(7 * 3600));
        client.reconnect();
        for (int i = 0; i < 500; i++) {
          telemetry(client, 60_000 + random.nextInt(20_000));
        }
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void burstsAfterReconnect() {
    List<Client> fleet = fleet("truck-", 30);
    for (int hour = 0; hour < 48; hour++) {
      for (Client client : fleet) {
        for (int i = 0; i < 60; i++) {
          telemetry(client, 60_000);
        }
        client.reconnect();
        client.at(client.now().plus(Duration.ofMinutes(20)));
        for (int i = 0; i < 80; i++) {
          telemetry(client, 15);
        }
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void devicesThatMoveAbout() {
    List<Client> fleet = fleet("phone-", 20);
    for (int i = 0; i < 4000; i++) {
      for (Client client : fleet) {
        if (random.nextInt(50) == 0) {
          client.reconnect();
          client.address("100.%d.%d.9:7".formatted(64 + random.nextInt(60), random.nextInt(250)));
        }
        telemetry(client, 60_000);
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void firmwareDownloads() {
    List<Client> fleet = fleet("valve-", 20);
    for (int week = 0; week < 3; week++) {
      for (Client client : fleet) {
        for (int i = 0; i < 2000; i++) {
          telemetry(client, 60_000);
        }
        for (int chunk = 0; chunk < 600; chunk++) {
          client.topic("firmware/ack").payload("{\"chunk\":" + chunk + "}");
          client.send(1, Duration.ofMillis(200));
        }
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void clocksThatJump() {
    List<Client> fleet = fleet("meter-", 20);
    for (int i = 0; i < 3000; i++) {
      for (Client client : fleet) {
        telemetry(client, 60_000);
        if (random.nextInt(500) == 0) {
          Duration jump = Duration.ofHours(random.nextInt(100));
          client.at(client.now().plus(jump));
          telemetry(client, 1000);
          client.at(client.now().minus(jump));
        }
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void messagesThatAreProcessedAgain() {
    List<Client> fleet = fleet("pump-", 20);
    for (int i = 0; i < 3000; i++) {
      for (Client client : fleet) {
        telemetry(client, 1000);
        if (i % 100 == 99) {
          client.replay(50);
          for (int again = 0; again < 50; again++) {
            telemetry(client, 0);
          }
        }
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void topicsWithARequestIdInThem() {
    List<Client> fleet = fleet("shell-", 20);
    for (int i = 0; i < 2000; i++) {
      for (Client client : fleet) {
        telemetry(client, 30_000);
        if (random.nextInt(3) == 0) {
          client.topic("response/" + random.nextLong()).payload("{\"status\":\"done\"}");
          client.send(1, Duration.ofSeconds(1));
        }
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void gatewayWithHundredsOfTopics() {
    List<Client> fleet = fleet("gateway-", 5);
    for (int i = 0; i < 20_000; i++) {
      for (Client client : fleet) {
        client.topic("node/" + random.nextInt(400)).payload(json(200));
        client.send(1, Duration.ofMillis(100 + random.nextInt(100)));
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void payloadsThatAreDenseByNature() throws IOException {
    List<Client> fleet = fleet("cam-", 10);
    for (int i = 0; i < 1000; i++) {
      for (Client client : fleet) {
        byte[] image = Samples.random(3000, random.nextLong());
        System.arraycopy(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff}, 0, image, 0, 3);
        telemetry(client, 10_000);
        client.payload(i % 2 == 0 ? gzip(json(2000)) : image).send(1, Duration.ofSeconds(10));
      }
    }
    assertOrdinary(fleet);
  }

  @Test
  void aFleetThatAlwaysSendsCiphertextIsKnownForItAfterTheFirstClients() {
    ClassBaseline peers = new ClassBaseline();
    List<Client> fleet = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      Client client = new Client("vault-" + i, inspection, peers);
      fleet.add(client);
      for (int m = 0; m < 150; m++) {
        client.payload(Samples.random(200, random.nextLong())).send(1, MINUTE);
      }
    }
    List<Client> later = fleet.subList(20, 200);
    assertEquals(Map.of(), found(later));
    assertTrue(found(fleet).getOrDefault("payload_high_entropy", 0) <= 20 * 31, "cold start");
  }

  @Test
  void devicesThatRestOverTheWeekend() {
    List<Client> fleet = fleet("line-", 10);
    for (int day = 0; day < 28; day++) {
      if (day % 7 >= 5) {
        continue;
      }
      for (Client client : fleet) {
        client.at(Samples.START.plus(Duration.ofDays(day)).plusSeconds(6 * 3600 + day * 60));
        for (int i = 0; i < 1000; i++) {
          telemetry(client, 30_000 + random.nextInt(5_000));
        }
      }
    }
    assertOrdinary(fleet);
  }

  // ---- attacks ----------------------------------------------------------------------------------

  @Test
  void rateThatRampsUpBelowTheFixedLimit() {
    Client client = known();
    for (int second = 0; second < 600; second++) {
      int rate = 1 + second / 12;
      client.send(rate, Duration.ofMillis(1000 / rate));
    }
    assertFound("publish_rate_rise", client);
  }

  @Test
  void flood() {
    Client client = known();
    client.send(300, Duration.ofMillis(2));
    assertFound("publish_rate", client);
  }

  @Test
  void exfiltrationBySize() {
    Client client = known();
    for (int i = 0; i < 10; i++) {
      client.payload(json(8000)).send(1, MINUTE);
    }
    assertFound("payload_size_rise", client);
  }

  @Test
  void exfiltrationBetweenOrdinaryMessages() {
    Client client = known();
    for (int i = 0; i < 40; i++) {
      telemetry(client, 60_000);
      client.payload(json(9000)).send(1, MINUTE);
    }
    assertFound("payload_size_rise", client);
  }

  @Test
  void ciphertextOnATextChannel() {
    Client whole = known();
    whole.payload(Samples.random(256, 1)).send(1, MINUTE);
    assertFound("payload_high_entropy", whole);

    Client pieces = known();
    for (int i = 0; i < 5; i++) {
      pieces.payload(Samples.random(40, i)).send(1, MINUTE);
    }
    assertFound("payload_type_change", pieces);

    Client encoded = known();
    for (int i = 0; i < 5; i++) {
      encoded.payload(Base64.getEncoder().encodeToString(Samples.random(60, i))).send(1, MINUTE);
    }
    assertFound("payload_entropy_shift", encoded);
  }

  @Test
  void sweepOverNewTopics() {
    Client client = known();
    for (int i = 0; i < 10; i++) {
      client.topic("config/" + i).send(1, Duration.ofSeconds(2));
    }
    assertFound("topic_novelty", client);
  }

  @Test
  void anotherNetworkAfterDaysOnOne() {
    Client client = known();
    client.reconnect();
    client.address("203.0.113.200:4000").send(1, MINUTE);
    assertFound("new_origin", client);
  }

  @Test
  void atNightAfterDaysOfDaylight() {
    Client client = new Client("desk-1", inspection, null);
    for (int day = 0; day < 10; day++) {
      client.at(Samples.START.plus(Duration.ofDays(day)).plusSeconds(8 * 3600));
      for (int i = 0; i < 500; i++) {
        telemetry(client, 60_000);
      }
    }
    client.at(Samples.START.plus(Duration.ofDays(10)).plusSeconds(2 * 3600));
    for (int i = 0; i < 5; i++) {
      telemetry(client, 60_000);
    }
    assertFound("off_hours", client);
  }

  @Test
  void anAttackThatGoesOnIsReportedNowAndThen() {
    Client client = known();
    int before = client.findings().size();
    for (int i = 0; i < 60; i++) {
      client.payload(json(8000)).send(1, Duration.ofSeconds(5));
    }
    assertEquals(
        1,
        client.findings().stream()
            .skip(before)
            .filter(f -> f.getRuleId().equals("payload_size_rise"))
            .count());
  }

  /** Two days of telemetry, once a minute. */
  private Client known() {
    Client client = new Client("known-1", inspection, null);
    for (int i = 0; i < 2880; i++) {
      telemetry(client, 50_000 + random.nextInt(20_000));
    }
    assertEquals(List.of(), client.rules());
    return client;
  }

  private List<Client> fleet(String prefix, int size) {
    List<Client> fleet = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      fleet.add(new Client(prefix + i, inspection, null));
    }
    return fleet;
  }

  private void telemetry(Client client, int pauseMillis) {
    client
        .topic(random.nextInt(20) == 0 ? "status" : "telemetry")
        .payload(
            String.format(
                Locale.ROOT,
                "{\"deviceId\":\"sensor-%d\",\"temperature\":%.2f,\"rssi\":-%d}",
                random.nextInt(9999),
                20 + random.nextGaussian(),
                60 + random.nextInt(60)))
        .send(1, Duration.ofMillis(pauseMillis));
  }

  private String json(int size) {
    StringBuilder text = new StringBuilder("{\"values\":[");
    while (text.length() < size - 8) {
      text.append(random.nextInt(1000)).append(',');
    }
    return text.append("0]}").toString();
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return out.toByteArray();
  }

  private static void assertFound(String rule, Client client) {
    assertTrue(client.rules().contains(rule), () -> client.rules().toString());
  }

  private static void assertOrdinary(List<Client> fleet) {
    Map<String, Integer> found = found(fleet);
    int flags = found.values().stream().mapToInt(Integer::intValue).sum();
    int sent = fleet.stream().mapToInt(Client::sent).sum();
    assertTrue(flags <= sent * 0.002, flags + " flags of " + sent + " messages: " + found);
  }

  private static Map<String, Integer> found(List<Client> fleet) {
    Map<String, Integer> found = new TreeMap<>();
    for (Client client : fleet) {
      for (Finding finding : client.findings()) {
        found.merge(finding.getRuleId(), 1, Integer::sum);
      }
    }
    return found;
  }
}
