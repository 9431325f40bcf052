package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.mqttsentinel.schemas.AvroSerdes;
import io.mqttsentinel.schemas.InMemorySchemaRegistry;
import io.mqttsentinel.schemas.TopicLayout;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.MockProducer;
import org.junit.jupiter.api.Test;

/** What becomes of addresses whose clients are not let in: five of a kind in a minute are borne. */
class AccessTest {

  private static final int BORNE = 5;
  private static final int HEARD = 2;
  private static final int ANY = 1000;
  private static final Duration WINDOW = Duration.ofMinutes(1);
  private static final String STRANGER = "192.0.2.1:4711";
  private static final String EXEMPT = "198.51.100.1:4711";
  private static final Refusal BAD_CREDENTIALS =
      new Refusal(ReasonCode.BAD_CREDENTIALS, "bad_credentials");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Clock clock = Clock.systemUTC();
  private long now;
  private final Access access = access();

  @Test
  void addressThatFloodsThePlaceOfSuspectsIsBanned() {
    crowdOut(STRANGER, BORNE);
    assertEquals(0, bans("suspect_flood"));

    crowdOut(STRANGER, 1);
    assertEquals(1, bans("suspect_flood"));
    assertEquals(0, bans("brute_force_address"), "nobody looked at their passwords");
  }

  @Test
  void suspectsThatComeNowAndThenAreBorne() {
    for (int i = 0; i < 10 * BORNE; i++) {
      crowdOut(STRANGER, 1);
      now += WINDOW.toNanos() / BORNE;
    }
    assertEquals(0, bans("suspect_flood"));
  }

  @Test
  void failedLoginsCountForThemselves() {
    crowdOut(STRANGER, BORNE);
    deny(STRANGER, BORNE);
    assertEquals(0, bans("suspect_flood") + bans("brute_force_address"));

    deny(STRANGER, 1);
    assertEquals(1, bans("brute_force_address"));
  }

  @Test
  void exemptAddressIsNeverBanned() {
    crowdOut(EXEMPT, 10 * BORNE);
    deny(EXEMPT, 10 * BORNE);
    assertEquals(0, bans("suspect_flood") + bans("brute_force_address"));
  }

  @Test
  void soManySuspectsAreListenedToInSecond() {
    deny(STRANGER, 1);
    deny(EXEMPT, 1);

    assertEquals(HEARD, heard(STRANGER, BORNE));
    assertEquals(BORNE, heard(EXEMPT, BORNE));
    assertEquals(BORNE, heard("192.0.2.2:4711", BORNE), "no suspect");

    now += Duration.ofSeconds(1).toNanos();
    assertEquals(HEARD, heard(STRANGER, HEARD));
  }

  @Test
  void suspectsWhoseAddressTheLoadBalancerTellsAreNoDifferent() {
    deny(STRANGER, 1);
    for (int i = 0; i < HEARD; i++) {
      assertNull(access.proxied(AdmissionTest.connection(STRANGER)));
    }
    assertEquals("suspects_unheard", access.proxied(AdmissionTest.connection(STRANGER)).word());
  }

  @Test
  void suspectsThatAreNotListenedToCountAsThoseThatFindNoPlace() {
    deny(STRANGER, 1);
    heard(STRANGER, HEARD + BORNE);
    assertEquals(0, bans("suspect_flood"));

    assertEquals(0, heard(STRANGER, 1));
    assertEquals(1, bans("suspect_flood"));
  }

  private int heard(String address, int times) {
    int heard = 0;
    for (int i = 0; i < times; i++) {
      String host = address.substring(0, address.indexOf(':'));
      heard += access.refusal(new InetSocketAddress(host, 4711)) == null ? 1 : 0;
    }
    return heard;
  }

  private void crowdOut(String address, int times) {
    for (int i = 0; i < times; i++) {
      access.crowdedOut(come(address));
    }
  }

  private void deny(String address, int times) {
    for (int i = 0; i < times; i++) {
      access.denied(come(address), BAD_CREDENTIALS);
    }
  }

  private double bans(String reason) {
    Counter made = meters.find("sentinel.edge.bans.made").tag("reason", reason).counter();
    return made == null ? 0 : made.count();
  }

  private Access access() {
    Bans bans = new Bans(clock);
    Admission admission = new Admission(AdmissionTest.limits(ANY, "198.51.100.0/24"), bans);
    return access(admission, bans, meters, () -> now);
  }

  /** Bears five of a kind in a minute; listens to two suspects a second. */
  static Access access(
      Admission admission, Bans bans, SimpleMeterRegistry meters, LongSupplier nanos) {
    Clock clock = Clock.systemUTC();
    Uplink uplink =
        new Uplink(
            new UplinkProducers(new MockProducer<>(), new MockProducer<>()),
            new AvroSerdes(new InMemorySchemaRegistry()),
            new TopicLayout(1, 1, (short) 1, Duration.ofHours(1)),
            new UplinkConfig(
                Duration.ofMillis(2),
                Duration.ofMillis(100),
                ANY,
                1 << 20,
                Duration.ofMinutes(2),
                "none"));
    EdgeIdentity identity = new EdgeIdentity("local", "edge-0", 0, 1);
    EdgeMetrics metrics = new EdgeMetrics(meters);
    AbuseWatch abuse =
        new AbuseWatch(
            new AbuseConfig(WINDOW, BORNE, ANY, ANY, ANY, WINDOW, 1, 1, 1, 1, BORNE, HEARD),
            new BanWriter(
                uplink,
                bans,
                new Audit(uplink, identity, metrics, clock),
                metrics,
                identity,
                WINDOW,
                clock),
            new EdgeEvents(uplink, identity, metrics, clock, () -> 0, nanos),
            nanos);
    return new Access(admission, bans, abuse);
  }

  private Connection come(String address) {
    Connection connection = AdmissionTest.connection(address);
    connection.client(new Client(5, "dev-1", false, "user", 0, 60, 1, ANY, 0, false));
    assertNull(access.came());
    assertNull(access.identified(connection));
    return connection;
  }
}
