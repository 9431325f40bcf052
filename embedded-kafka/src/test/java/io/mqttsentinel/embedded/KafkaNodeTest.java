package io.mqttsentinel.embedded;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KafkaNodeTest {

  @Test
  void aNodeAloneIsItsOwnQuorum() {
    KafkaNode node = node(1, 9093);
    assertEquals("1@host:9093", node.voters("host"));
    assertEquals(1, node.replicas());
    assertEquals(1, node.minInSync());
  }

  @Test
  void anyOneOfThreeMayBeLost() {
    KafkaNode node = node(2, 11, 12, 13);
    assertEquals("1@host:11,2@host:12,3@host:13", node.voters("host"));
    assertEquals(12, node.controllerPort());
    assertEquals(3, node.replicas());
    assertEquals(2, node.minInSync());
  }

  @Test
  void anIdBeyondTheClusterIsRefused() {
    IllegalArgumentException refusal =
        assertThrows(IllegalArgumentException.class, () -> node(4, 11, 12, 13));
    assertEquals("node id is 4, expected 1 to 3", refusal.getMessage());
  }

  private static KafkaNode node(int id, Integer... controllerPorts) {
    return new KafkaNode(id, "cluster", 9092, List.of(controllerPorts), Optional.empty());
  }
}
