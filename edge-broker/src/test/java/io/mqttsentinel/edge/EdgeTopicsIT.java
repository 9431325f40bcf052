package io.mqttsentinel.edge;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.testing.Await;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Permissions that are asked for topic by topic. */
class EdgeTopicsIT extends EdgeSuite {

  private static final byte[] NO_PROPERTIES = {0};

  @Override
  Map<String, Object> settings() {
    // A row about the topic "broken" is a question that the database cannot answer.
    return Map.of(
        "sentinel.edge.jdbc.topic-query",
        "SELECT permission FROM mqtt_acl WHERE username = ? || '@' || ? AND action = ? AND topic ="
            + " ? AND CASE WHEN topic = 'broken' THEN 1 / (position - position) ELSE 1 END = 1");
  }

  private static RawClient.Packet publish(RawClient client, int version, int id, String topic)
      throws IOException {
    byte[] properties = version == 5 ? NO_PROPERTIES : new byte[0];
    client.send(0x32, RawClient.text(topic), RawClient.number(id), properties);
    return client.read();
  }

  private void allow(String id, String action, String topic) throws SQLException {
    database.rule(USER + "@" + id, "allow", action, topic, 1);
  }

  @Test
  void topicThatIsAllowedIsPublishedInItsTurn() throws Exception {
    String id = newId();
    allow(id, "publish", "plant/1");
    try (RawClient client = connectRaw(5, id)) {
      byte[] topic = RawClient.text("plant/1");
      byte[] own = RawClient.text("clients/" + id + "/x");
      client.send(0x32, own, RawClient.number(1), NO_PROPERTIES);
      client.send(0x32, topic, RawClient.number(2), NO_PROPERTIES);
      client.send(0x32, own, RawClient.number(3), NO_PROPERTIES);
      for (int i = 1; i <= 3; i++) {
        RawClient.Packet puback = client.read();
        assertEquals(i, puback.packetId());
        assertTrue(puback.length() == 2 || puback.at(2) < 0x80, puback.toString());
      }
    }
    assertEquals(
        3,
        Await.value(
                "all messages",
                () -> inbound.poll(m -> m.getClientId().equals(id)),
                list -> list.size() == 3)
            .size());
    assertTrue(((SessionOpen) fanout.opened(id).getBody()).getAsksForTopics());
  }

  @Test
  void topicThatNobodyAllowsIsRefused() throws Exception {
    String id = newId();
    allow(id, "subscribe", "plant/2");
    try (RawClient client = connectRaw(5, id)) {
      assertEquals(ReasonCode.NOT_AUTHORIZED, publish(client, 5, 1, "plant/2").at(2));
    }
  }

  @Test
  void filtersAreAskedAboutTogether() throws Exception {
    String id = newId();
    allow(id, "subscribe", "plant/+");
    allow(id, "subscribe", "news");
    try (RawClient client = connectRaw(5, id)) {
      client.send(
          0x82,
          RawClient.number(7),
          NO_PROPERTIES,
          RawClient.text("plant/+"),
          new byte[] {1},
          RawClient.text("secret"),
          new byte[] {1},
          RawClient.text("$share/g/news"),
          new byte[] {0});
      byte[] body = client.read().body();
      byte[] codes = {1, (byte) ReasonCode.NOT_AUTHORIZED, 0};
      assertArrayEquals(codes, Arrays.copyOfRange(body, 3, body.length));
    }
  }

  @Test
  void willIsAskedAboutBeforeTheClientIsLetIn() throws Exception {
    String id = newId();
    allow(id, "publish", "wills/ok");
    assertEquals(0, connectWithWill(id, "wills/ok"));
    assertEquals(ReasonCode.NOT_AUTHORIZED, connectWithWill(newId(), "wills/no"));
  }

  private int connectWithWill(String id, String topic) throws IOException {
    try (RawClient client = new RawClient(edge.server().tcpPort())) {
      client.send(
          0x10,
          RawClient.text("MQTT"),
          new byte[] {5, (byte) 0xC6, 0, 60, 0},
          RawClient.text(id),
          NO_PROPERTIES,
          RawClient.text(topic),
          RawClient.text("gone"),
          RawClient.text(USER),
          RawClient.text(AuthDatabase.PASSWORD));
      return client.read().at(1);
    }
  }

  @Test
  void backendThatCannotSayAcknowledgesNothing() throws Exception {
    String id = newId();
    allow(id, "publish", "broken");
    try (RawClient client = connectRaw(5, id)) {
      RawClient.Packet puback = publish(client, 5, 1, "broken");
      assertEquals(ReasonCode.IMPLEMENTATION_ERROR, puback.at(2));
      assertEquals(2, publish(client, 5, 2, "clients/" + id + "/x").packetId(), "it goes on");
    }
    String old = newId();
    allow(old, "publish", "broken");
    try (RawClient client = connectRaw(4, old)) {
      assertNull(publish(client, 4, 1, "broken"), "it has no word for that");
    }
  }
}
