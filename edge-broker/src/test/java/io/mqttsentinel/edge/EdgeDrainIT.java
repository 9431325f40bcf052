package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.testing.Await;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** A graceful stop: what the clients are told, and that nothing of theirs is lost. */
@TestInstance(Lifecycle.PER_CLASS)
class EdgeDrainIT {

  private AuthDatabase database;
  private FanoutDouble fanout;

  @BeforeAll
  void start() throws Exception {
    database = new AuthDatabase();
    database.user(EdgeSuite.USER);
    fanout = new FanoutDouble();
  }

  @AfterAll
  void stop() throws Exception {
    fanout.close();
    database.close();
  }

  private RawClient connect(TestEdge edge, int version, String id) throws Exception {
    RawClient client = new RawClient(edge.server().tcpPort());
    client.connect(version, id, EdgeSuite.USER, AuthDatabase.PASSWORD);
    assertEquals(2, client.read().type());
    return client;
  }

  @Test
  void clientsAreToldWhereToGoAndTheirSessionsAreClosed() throws Exception {
    Map<String, Object> settings =
        Map.of(
            "sentinel.edge.drain-delay", "2s",
            "sentinel.edge.drain-rate", 100,
            "sentinel.edge.server-reference", "other.example:8883");
    TestEdge edge = TestEdge.start(2, database.url(), settings);
    Map<String, RawClient> clients = new LinkedHashMap<>();
    for (int i = 0; i < 20; i++) { // more than one batch
      String id = EdgeSuite.newId();
      clients.put(id, connect(edge, i == 0 ? 4 : 5, id));
    }
    assertNull(edge.server().trouble());
    Thread stopping = Thread.ofPlatform().start(edge::close);
    Await.until("it is not ready", () -> edge.server().trouble() != null);
    String late = EdgeSuite.newId();
    clients.put(late, connect(edge, 5, late)); // the load balancer does not know yet

    List<String> told = new ArrayList<>();
    for (RawClient client : clients.values()) {
      RawClient.Packet last = client.read();
      told.add(last == null ? "nothing" : last.toString());
      if (last != null) {
        assertNull(client.read());
      }
      client.close();
    }
    stopping.join();
    assertEquals("nothing", told.removeFirst(), "MQTT 3.1.1 has no words for it");
    for (String packet : told) {
      String reference = "1c0012" + hex("other.example:8883");
      assertEquals("e0 9c25" + reference + "1f000d" + hex("edge shutdown"), packet);
    }
    for (String id : clients.keySet()) {
      SessionClose close = fanout.closed(id);
      assertEquals(CloseCause.EDGE_SHUTDOWN, close.getCause());
      assertEquals(false, close.getDiscardWill());
    }
  }

  @Test
  void withoutAReferenceTheReasonIsShutdownAndWhatWasAcknowledgedIsReported() throws Exception {
    // Acknowledgements wait long for company here: only the stop sends this one.
    TestEdge edge = TestEdge.start(3, database.url(), Map.of("sentinel.edge.ack-linger", "1h"));
    String id = EdgeSuite.newId();
    try (RawClient client = connect(edge, 5, id)) {
      long deliveryId =
          fanout.deliver(
              fanout.opened(id),
              EdgeDeliveryIT.message(
                  "clients/" + id + "/a",
                  EdgeSuite.utf8("x"),
                  new MessageProperties(null, null, null, null, null, List.of()),
                  Instant.now()),
              1);
      RawClient.Packet publish = client.read();
      assertNotNull(publish);
      int at = 2 + publish.at(0) * 256 + publish.at(1);
      client.send(0x40, new byte[] {(byte) publish.at(at), (byte) publish.at(at + 1)});
      client.send(0xC0);
      assertEquals(13, client.read().type(), "the acknowledgement was read too");
      Thread stopping = Thread.ofPlatform().start(edge::close);
      assertEquals("e0 8b101f000d" + hex("edge shutdown"), client.read().toString());
      stopping.join();
      Await.until(
          "the acknowledgement is reported",
          () ->
              fanout.acks(id).stream().anyMatch(ack -> ack.getDeliveryIds().contains(deliveryId)));
    }
  }

  private static String hex(String text) {
    return java.util.HexFormat.of().formatHex(EdgeSuite.utf8(text));
  }
}
