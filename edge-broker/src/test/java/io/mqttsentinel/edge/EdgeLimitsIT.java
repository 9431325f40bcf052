package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What happens to those who send too much, and that it happens to them alone. */
class EdgeLimitsIT extends EdgeSuite {

  private static final int QUOTA_EXCEEDED = 0x97;
  private static final int RATE_TOO_HIGH = 0x96;

  @Override
  Map<String, Object> settings() {
    return Map.of(
        "sentinel.edge.limits.burst", "1s",
        "sentinel.edge.limits.publishes-per-client", 20,
        "sentinel.edge.limits.subscribes-per-client", 3,
        "sentinel.edge.limits.bytes-per-client", 20_000);
  }

  @Test
  void tooManyWithQos0AreDroppedAndCounted() throws Exception {
    String id = newId();
    try (RawClient client = connectRaw(5, id);
        RawClient other = connectRaw(5, newId())) {
      for (int i = 0; i < 200; i++) {
        client.send(0x30, publish("clients/" + id + "/up", ""));
      }
      client.send(0xC0);
      assertEquals(13, client.read().type(), "it is answered all the same");
      other.send(0xC0);
      assertEquals(13, other.read().type());
    }
    double dropped = edge.counter("sentinel.edge.limited", "action", "dropped");
    assertTrue(dropped >= 1 && dropped < 200, "dropped: " + dropped);
    Await.until(
        "an event about it",
        () ->
            edgeEvents.poll(e -> e.getType() == EdgeEventType.RATE_LIMITED).stream()
                .anyMatch(
                    e ->
                        id.equals(e.getClientId()) && e.getDetail().equals("rate_publish_client")));
    long arrived =
        Await.value(
            "what was not dropped",
            () -> (long) inbound.poll(m -> m.getClientId().equals(id)).size(),
            count -> count >= 20);
    assertTrue(arrived < 200, "arrived: " + arrived);
  }

  @Test
  void tooManyWithQos1AreDelayedAndNoneIsLost() throws Exception {
    String id = newId();
    int messages = 60;
    try (RawClient client = connectRaw(5, id)) {
      for (int i = 1; i <= messages; i++) {
        client.send(0x32, publish("clients/" + id + "/up", "%04x".formatted(i)));
      }
      Set<Integer> acknowledged = new HashSet<>();
      while (acknowledged.size() < messages) {
        RawClient.Packet packet = client.read();
        assertNotNull(packet, "disconnected after " + acknowledged.size());
        assertEquals(4, packet.type());
        acknowledged.add(packet.packetId());
      }
    }
    assertTrue(edge.counter("sentinel.edge.limited", "action", "delayed") > 0);
  }

  @ParameterizedTest
  @CsvSource({"bytes-per-address, bytes_address", "bytes, bytes_global"})
  void tooManyBytesOfSeveralClientsAreDelayedAndNoneIsLost(String key, String tier)
      throws Exception {
    int messages = 30; // of about 50 bytes, a second's worth of which may come at once
    try (TestEdge strict =
            edge(
                1,
                Map.of(
                    "sentinel.edge.limits.exempt-addresses",
                    "none",
                    "sentinel.edge.limits.publishes-per-client",
                    1000,
                    "sentinel.edge.limits." + key,
                    1000));
        RawClient one = new RawClient(strict.server().tcpPort());
        RawClient other = new RawClient(strict.server().tcpPort())) {
      for (RawClient client : List.of(one, other)) {
        String id = newId();
        client.connect(5, id, USER, AuthDatabase.PASSWORD);
        assertEquals(2, client.read().type());
        for (int i = 1; i <= messages; i++) {
          client.send(0x32, publish("clients/" + id + "/up", "%04x".formatted(i)));
        }
      }
      for (RawClient client : List.of(one, other)) {
        for (int i = 1; i <= messages; i++) {
          assertEquals(4, client.read().type(), "PUBACK");
        }
      }
      assertTrue(strict.counter("sentinel.edge.limited", "tier", tier) > 0);
    }
    Await.until(
        "an event about it",
        () ->
            edgeEvents.poll(e -> e.getType() == EdgeEventType.RATE_LIMITED).stream()
                .anyMatch(e -> e.getDetail().equals("rate_" + tier)));
  }

  @Test
  void subscribeBeyondItsRateGetsItsFailureCode() throws Exception {
    for (int version : new int[] {4, 5}) {
      String id = newId();
      Set<Integer> codes = new HashSet<>();
      try (RawClient client = connectRaw(version, id)) {
        for (int i = 1; i <= 10; i++) {
          client.send(
              0x82,
              RawClient.bytes(
                  new byte[] {0, (byte) i},
                  version == 5 ? new byte[] {0} : new byte[0],
                  RawClient.text("clients/" + id + "/" + i),
                  new byte[] {0}));
        }
        for (int i = 1; i <= 10; i++) {
          RawClient.Packet suback = client.read();
          assertEquals(9, suback.type());
          codes.add(suback.at(suback.length() - 1));
        }
      }
      assertEquals(Set.of(0, version == 5 ? QUOTA_EXCEEDED : 0x80), codes);
    }
  }

  @Test
  void whoGoesOnIsDisconnected() throws Exception {
    try (TestEdge strict = edge(1, Map.of("sentinel.edge.limits.patience", "1s"));
        RawClient client = new RawClient(strict.server().tcpPort())) {
      String id = newId();
      client.connect(5, id, USER, AuthDatabase.PASSWORD);
      assertEquals(2, client.read().type());
      for (int i = 1; i <= 500; i++) {
        client.send(0x32, publish("clients/" + id + "/up", "%04x".formatted(i)));
      }
      assertThrownOut(client);
    }
  }

  @Test
  void whoGoesOnWithQos0IsDisconnectedToo() throws Exception {
    try (TestEdge strict = edge(1, Map.of("sentinel.edge.limits.patience", "1s"));
        RawClient client = new RawClient(strict.server().tcpPort())) {
      String id = newId();
      client.connect(5, id, USER, AuthDatabase.PASSWORD);
      assertEquals(2, client.read().type());
      Await.until(
          "the edge to have enough of it",
          () -> {
            try {
              for (int i = 0; i < 10; i++) {
                client.send(0x30, publish("clients/" + id + "/up", ""));
              }
              return strict.counter("sentinel.edge.limited", "action", "disconnected") == 1;
            } catch (IOException e) {
              return true; // it hung up already
            }
          });
      assertEquals(1, strict.counter("sentinel.edge.limited", "action", "disconnected"));
    }
  }

  private static void assertThrownOut(RawClient client) throws IOException {
    RawClient.Packet last = null;
    for (RawClient.Packet next = client.read(); next != null; next = client.read()) {
      last = next;
    }
    assertNotNull(last);
    assertEquals(14, last.type(), "the last that it is told is DISCONNECT");
    assertEquals(RATE_TOO_HIGH, last.at(0));
  }

  @Test
  void tooManyConnectsFromOneAddressAreRefused() throws Exception {
    try (TestEdge strict =
        edge(
            2,
            Map.of(
                "sentinel.edge.limits.exempt-addresses", "none",
                "sentinel.edge.limits.connects-per-address", 1,
                "sentinel.edge.limits.burst", "3s"))) {
      Map<Integer, Set<Integer>> codes = new HashMap<>();
      for (int i = 0; i < 10; i++) {
        int version = i % 2 == 0 ? 4 : 5;
        try (RawClient client = new RawClient(strict.server().tcpPort())) {
          client.connect(version, newId(), USER, AuthDatabase.PASSWORD);
          codes.computeIfAbsent(version, v -> new HashSet<>()).add(client.read().at(1));
        }
      }
      assertEquals(Set.of(0, 3), codes.get(4));
      assertEquals(Set.of(0, QUOTA_EXCEEDED), codes.get(5));
      assertTrue(strict.counter("sentinel.edge.limited", "tier", "connect_address") >= 5);
    }
  }

  @Test
  void connectionsFromOneAddressAreCapped() throws Exception {
    try (TestEdge strict =
            edge(
                3,
                Map.of(
                    "sentinel.edge.limits.exempt-addresses",
                    "none",
                    "sentinel.edge.limits.connections-per-address",
                    2));
        RawClient first = new RawClient(strict.server().tcpPort())) {
      first.connect(5, newId(), USER, AuthDatabase.PASSWORD);
      assertEquals(0, first.read().at(1));
      try (RawClient second = new RawClient(strict.server().tcpPort())) {
        second.connect(5, newId(), USER, AuthDatabase.PASSWORD);
        assertEquals(0, second.read().at(1));
        try (RawClient third = new RawClient(strict.server().tcpPort())) {
          assertNull(third.read(), "it is turned away before it says anything");
        }
        assertEquals(1, strict.counter("sentinel.edge.refused", "reason", "connections_address"));
        assertEquals(1, strict.gauge("sentinel.edge.addresses"));
      }
      Await.until(
          "a place to be free again",
          () -> {
            try (RawClient next = new RawClient(strict.server().tcpPort())) {
              next.connect(5, newId(), USER, AuthDatabase.PASSWORD);
              RawClient.Packet connack = next.read();
              return connack != null && connack.at(1) == 0;
            }
          });
    }
  }

  @Test
  void connectionsInTotalAreCapped() throws Exception {
    try (TestEdge strict = edge(1, Map.of("sentinel.edge.limits.connections", 1));
        RawClient first = new RawClient(strict.server().tcpPort())) {
      first.connect(5, newId(), USER, AuthDatabase.PASSWORD);
      assertEquals(0, first.read().at(1));
      try (RawClient second = new RawClient(strict.server().tcpPort())) {
        assertNull(second.read());
      }
    }
  }

  private TestEdge edge(int lane, Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(settings());
    all.put("sentinel.edge.name", "edge-" + lane + "-" + UUID.randomUUID());
    all.putAll(more);
    return TestEdge.start(lane, database.url(), all);
  }

  /** MQTT 5, without properties; the packet id in hexadecimal, "" for QoS 0. */
  private static byte[] publish(String topic, String packetId) {
    return RawClient.bytes(
        RawClient.text(topic),
        java.util.HexFormat.of().parseHex(packetId),
        new byte[] {0},
        utf8("x"));
  }
}
