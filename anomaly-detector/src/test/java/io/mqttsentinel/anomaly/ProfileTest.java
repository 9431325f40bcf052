package io.mqttsentinel.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ProfileTest {

  private static final List<Detector> ALL =
      AnomalyDetectorTopology.detectors(Samples.DEFAULTS, Samples.origins());

  /** Whatever a client does: other topics, addresses, sizes, times, connections. */
  @Property(tries = 200)
  void anyProfileIsSmallAndSurvivesTheStore(
      @ForAll long seed, @ForAll @IntRange(max = 400) int messages) {
    Profile profile = lived(seed, messages);
    byte[] bytes = profile.toBytes();
    assertTrue(bytes.length <= 300, bytes.length + " bytes");
    Profile read = Profile.fromBytes(bytes);
    assertEquals(profile.observations(), read.observations());
    assertEquals(profile.lastAt(), read.lastAt());
    assertEquals(profile.hasSaidGoodbye(), read.hasSaidGoodbye());
    assertEquals(profile.topics().size(), read.topics().size());
    assertEquals(profile.size().mean(), read.size().mean(), 0.01);
    assertEquals(profile.entropy().mean(), read.entropy().mean(), 0.01);
    assertEquals(profile.hours().active(), read.hours().active());
    // What was written once loses nothing more.
    byte[] again = read.toBytes();
    assertArrayEquals(again, Profile.fromBytes(again).toBytes());
  }

  @Property(tries = 50)
  void whatWasStoredIsWhatIsKnown(@ForAll long seed) {
    Profile profile = lived(seed, 300);
    Profile read = Profile.fromBytes(profile.toBytes());
    for (int i = 0; i < 40; i++) {
      String topic = "clients/dev-1/" + i;
      assertEquals(profile.topics().add(topic), read.topics().add(topic), topic);
    }
    assertTrue(read.hasSeen(1, 299));
  }

  @Test
  void nothingKnownOfAnotherVersion() {
    byte[] bytes = lived(1, 50).toBytes();
    bytes[0]++;
    assertEquals(0, Profile.fromBytes(bytes).observations());
    assertEquals(0, Profile.fromBytes(new byte[0]).observations());
    assertEquals(0, Profile.fromBytes(null).observations());
    assertFalse(new Profile().hasSeen(0, 0));
  }

  private static Profile lived(long seed, int messages) {
    Random random = new Random(seed);
    Client client = new Client(ALL);
    int topics = 1 + random.nextInt(300);
    for (int i = 0; i < messages; i++) {
      client
          .topic(Integer.toString(random.nextInt(topics)))
          .address("198.51.%d.7:1000".formatted(random.nextInt(1 + random.nextInt(255))))
          .payload(Samples.random(random.nextInt(300), i))
          .send(1, Duration.ofSeconds(random.nextInt(20_000) - 1000L));
      client.profile().connections().add(client.now().toEpochMilli(), 60_000);
    }
    if (random.nextBoolean()) {
      client.profile().saidGoodbye();
    }
    return client.profile();
  }
}
