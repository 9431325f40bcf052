package io.mqttsentinel.schemas;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PlacementTest {

  @Property
  void aClientAndItsOwnTreeLieTogether(
      @ForAll @AlphaChars @StringLength(min = 1, max = 40) String client,
      @ForAll @AlphaChars String rest,
      @ForAll @IntRange(min = 1, max = 200) int partitions) {
    int session = Topics.SESSION_EVENTS.partition(client, partitions);

    assertEquals(
        session, Topics.MESSAGES_CLEARED.partition("clients/" + client + "/" + rest, partitions));
    assertEquals(
        session,
        Topics.SUBSCRIPTION_CHANGES.partition("clients/" + client + "/" + rest, partitions));
  }

  @Property
  void keysGoWhereKafkasOwnProducersSendThem(
      @ForAll String key, @ForAll @IntRange(min = 1, max = 200) int partitions) {
    assertEquals(
        BuiltInPartitioner.partitionForKey(key.getBytes(StandardCharsets.UTF_8), partitions),
        Topics.MQTT_INBOUND.partition(key, partitions));
  }

  @Test
  void onlyTheOwnTreeHasAnOwner() {
    assertEquals("dev-1", RoutingKey.owner("clients/dev-1/alerts"));
    assertEquals("dev-1", RoutingKey.owner("clients/dev-1"));
    assertNull(RoutingKey.owner("clients/"));
    assertNull(RoutingKey.owner("clients//alerts"));
    assertNull(RoutingKey.owner("other/dev-1/alerts"));
    assertEquals("other/dev-1/alerts", RoutingKey.of("other/dev-1/alerts"));
  }

  @Test
  void aSharedSubscriptionLiesWhereItsFilterDoes() {
    assertEquals("dev-1", RoutingKey.owner("$share/group/clients/dev-1/alerts"));
    assertEquals("other/x", RoutingKey.of("$share/group/other/x"));
    assertEquals("$share/group", RoutingKey.of("$share/group"));
  }

  @Test
  void aLaneIsItsPartition() {
    Topic<Integer, Downlink> downlink = Topics.downlink("local");

    assertEquals(3, downlink.partition(3, 4));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> downlink.partition(4, 4));
    assertTrue(e.getMessage().contains("lanes 0 to 3"), e.getMessage());
  }
}
