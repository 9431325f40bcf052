package io.mqttsentinel.aggregator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.aggregator.RepeatFilter.Repeats;
import io.mqttsentinel.aggregator.RepeatFilter.Scope;
import io.mqttsentinel.schemas.SecurityLayer;
import io.mqttsentinel.schemas.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {

  private static final Instant T0 = Instant.parse("2026-05-04T10:00:00Z");
  private static final Duration WINDOW = Duration.ofSeconds(60);

  private final RepeatFilter filter = new RepeatFilter(WINDOW, 3, 100);

  @Test
  void firstIsNewsAndRepeatsAreCounted() {
    assertTrue(filter.isNews(refusal("dev-1", "10.0.0.1:1"), T0));
    assertFalse(filter.isNews(refusal("dev-1", "10.0.0.1:2"), T0));
    assertTrue(filter.isNews(refusal("dev-1", "10.0.0.2:1"), T0), "another address");
    List<Repeats> ended = filter.ended(T0.plus(WINDOW));
    assertEquals(1, ended.size());
    assertEquals(1, ended.getFirst().count());
    assertEquals(Scope.CLIENT, ended.getFirst().scope());
  }

  @Test
  void afterAQuietWindowItIsNewsAgain() {
    filter.isNews(refusal("dev-1", "10.0.0.1:1"), T0);
    filter.ended(T0.plus(WINDOW));
    assertEquals(0, filter.size());
    assertTrue(filter.isNews(refusal("dev-1", "10.0.0.1:1"), T0.plus(WINDOW)));
  }

  @Test
  void whatGoesOnIsOneCountAWindow() {
    filter.isNews(refusal("dev-1", "10.0.0.1:1"), T0);
    filter.isNews(refusal("dev-1", "10.0.0.1:1"), T0);
    assertEquals(1, filter.ended(T0.plus(WINDOW)).size());
    assertFalse(filter.isNews(refusal("dev-1", "10.0.0.1:1"), T0.plus(WINDOW)));
    assertEquals(1, filter.ended(T0.plus(WINDOW.multipliedBy(2))).size());
  }

  @Test
  void addressWithManyClientsIsCountedAsAWhole() {
    for (int i = 0; i < 3; i++) {
      assertTrue(filter.isNews(refusal("dev-" + i, "10.0.0.1:1"), T0));
    }
    for (int i = 3; i < 50; i++) {
      assertFalse(filter.isNews(refusal("dev-" + i, "10.0.0.1:1"), T0));
    }
    List<Repeats> ended = filter.ended(T0.plus(WINDOW));
    assertEquals(1, ended.size());
    assertEquals(Scope.ADDRESS, ended.getFirst().scope());
    assertEquals(47, ended.getFirst().count());
  }

  @Test
  void networkOfOneSubscriberIsOneAddress() {
    for (int i = 1; i <= 3; i++) {
      assertTrue(filter.isNews(refusal("d" + i, "[2001:db8:1:2::%d]:1".formatted(i)), T0));
    }
    assertFalse(filter.isNews(refusal("d4", "[2001:db8:1:2:ffff::4]:1"), T0));
    assertTrue(filter.isNews(refusal("d5", "[2001:db8:1:3::1]:1"), T0));
  }

  @Test
  void eachRefusalIsReportedOrCountedWhateverTheFlood() {
    RepeatFilter small = new RepeatFilter(WINDOW, 3, 10);
    int reported = 0;
    for (int i = 0; i < 1000; i++) {
      reported +=
          small.isNews(refusal("dev-" + i, "10.1.%d.%d:1".formatted(i / 250, i % 250)), T0) ? 1 : 0;
    }
    assertTrue(small.size() <= 12, "bounded: " + small.size());
    long counted = small.ended(T0.plus(WINDOW)).stream().mapToLong(Repeats::count).sum();
    assertEquals(1000, reported + counted);
    assertTrue(reported < 20, "reported: " + reported);
  }

  @Property
  void nothingIsLost(
      @ForAll @Size(max = 200) List<@IntRange(max = 30) Integer> clients,
      @ForAll @IntRange(min = 1, max = 20) int capacity) {
    RepeatFilter any = new RepeatFilter(WINDOW, 2, capacity);
    long reported =
        clients.stream()
            .filter(c -> any.isNews(refusal("c" + c, "10.0.0.%d:1".formatted(c % 7)), T0))
            .count();
    long counted = any.ended(T0.plus(WINDOW)).stream().mapToLong(Repeats::count).sum();
    assertEquals(clients.size(), reported + counted);
    assertTrue(any.size() <= capacity + 2);
  }

  private static Refusal refusal(String clientId, String address) {
    return new Refusal(
        "id",
        T0,
        "local",
        "edge-0",
        SecurityLayer.AUTHENTICATION,
        "bad_credentials",
        "",
        "Connection refused",
        Severity.MEDIUM,
        clientId,
        null,
        address,
        null,
        0,
        Map.of());
  }
}
