package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The window is 4 and a queue holds 5 messages: {@link Records#config}. */
class DeliveriesTest {

  private static final String ALERTS = "clients/dev-1/alerts";

  private final FanoutDriver fanout = new FanoutDriver();

  @AfterEach
  void close() {
    fanout.close();
  }

  @Test
  void qosZeroGoesToTheConnectionOrNowhere() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));

    fanout.cleared(ALERTS, "1", 0);
    assertEquals(0, fanout.only(Delivery.class, 0).getTargets().getFirst().getDeliveryId());
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.cleared(ALERTS, "2", 0);
    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));

    fanout.only(SessionOpened.class, 0);
  }

  @Test
  void windowHoldsBackWhatIsNotAcknowledged() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    for (int i = 1; i <= 5; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    assertEquals(List.of("1", "2", "3", "4"), fanout.payloads(0));

    fanout.acknowledge(0, "dev-1", 10, 1L, 2L);
    assertEquals(List.of("5"), fanout.payloads(0));
    fanout.cleared(ALERTS, "6", 1);
    assertEquals(List.of("6"), fanout.payloads(0));
    fanout.cleared(ALERTS, "7", 1);
    assertEquals(List.of(), fanout.payloads(0));
  }

  @Test
  void deliveryIdsAscend() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    for (int i = 1; i <= 4; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    fanout.acknowledge(0, "dev-1", 10, 1L, 2L, 3L, 4L);
    fanout.cleared(ALERTS, "5", 1);

    assertEquals(
        List.of(1L, 2L, 3L, 4L, 5L),
        fanout.deliveries(0).stream().map(d -> fanout.number(d.getTargets().getFirst())).toList());
  }

  @Test
  void receiveMaximumOfTheClientLowersTheWindow() {
    SessionOpen open = Records.open(false, 3600);
    open.setReceiveMaximum(1);
    fanout.edge(0, "dev-1", 10, open);
    fanout.edge(0, "dev-1", 10, Records.subscribe(1, Records.to(ALERTS, 2)));
    fanout.lane(0);

    fanout.cleared(ALERTS, "1", 2);
    fanout.cleared(ALERTS, "2", 2);

    assertEquals(List.of("1"), fanout.payloads(0));
  }

  @Test
  void offlineMessagesComeInOrderAfterTheAnswer() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.cleared(ALERTS, "1", 1);
    fanout.cleared(ALERTS, "2", 2);
    fanout.advance(Duration.ofHours(71));

    fanout.edge(1, "dev-1", 11, Records.open(false, Records.NEVER));

    List<Object> told = fanout.lane(1);
    assertTrue(((SessionOpened) told.getFirst()).getSessionPresent());
    List<Delivery> deliveries = told.stream().skip(1).map(Delivery.class::cast).toList();
    assertEquals(List.of("1", "2"), payloads(deliveries));
    for (Delivery delivery : deliveries) {
      assertEquals(11, delivery.getTargets().getFirst().getEpoch());
      assertFalse(delivery.getTargets().getFirst().getDuplicate(), "never sent before");
    }
  }

  @Test
  void whatWasNotAcknowledgedIsRepeatedToTheNextConnection() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    for (int i = 1; i <= 5; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    fanout.acknowledge(0, "dev-1", 10, 2L);
    fanout.lane(0);

    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));

    List<Delivery> deliveries = fanout.lane(1).stream().skip(1).map(Delivery.class::cast).toList();
    assertEquals(List.of("1", "3", "4", "5"), payloads(deliveries));
    assertEquals(
        List.of(1L, 3L, 4L, 5L),
        deliveries.stream().map(d -> fanout.number(d.getTargets().getFirst())).toList());
    assertTrue(deliveries.stream().allMatch(d -> d.getTargets().getFirst().getDuplicate()));
  }

  @Test
  void acknowledgedMessagesAreNotRepeated() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.cleared(ALERTS, "1", 1);
    fanout.acknowledge(0, "dev-1", 10, 1L);
    fanout.acknowledge(0, "dev-1", 10, 1L);
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.lane(0);

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));

    fanout.only(SessionOpened.class, 0);
    assertEquals(
        1,
        fanout
            .meters
            .get("sentinel.fanout.finished")
            .tag("outcome", "acknowledged")
            .counter()
            .count());
  }

  @Test
  void acknowledgementOfALostConnectionIsIgnored() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.cleared(ALERTS, "1", 1);
    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));

    fanout.acknowledge(0, "dev-1", 10, 1L);
    fanout.edge(2, "dev-1", 12, Records.open(false, 3600));

    assertEquals(2, fanout.lane(2).size(), "the answer and the message");
  }

  @Test
  void acknowledgementThatComesBehindTheEndOfItsConnectionCounts() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.cleared(ALERTS, "1", 1);
    fanout.cleared(ALERTS, "2", 1);
    fanout.edge(0, "dev-1", 10, Records.close());

    fanout.acknowledge(0, "dev-1", 10, 1L);
    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));

    assertEquals(
        List.of("2"), payloads(fanout.lane(1).stream().skip(1).map(Delivery.class::cast).toList()));
  }

  @Test
  void fullQueueLosesItsOldestMessages() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.edge(0, "dev-1", 10, Records.close());
    for (int i = 1; i <= 8; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    assertEquals(3, fanout.count("overflow"));

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));
    fanout.acknowledge(0, "dev-1", 11, 4L);

    assertEquals(List.of("4", "5", "6", "7", "8"), payloads(deliveriesIn(0)));
  }

  @Test
  void whatIsOutIsNotDroppedAndComesAgain() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    for (int i = 1; i <= 8; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    assertEquals(List.of("1", "2", "3", "4"), fanout.payloads(0));
    assertEquals(3, fanout.count("overflow"));

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));
    fanout.acknowledge(0, "dev-1", 11, 1L);

    assertEquals(List.of("1", "2", "3", "4", "8"), payloads(deliveriesIn(0)));
  }

  @Test
  void whatWasOutMayBeDroppedOnceTheConnectionEnded() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    for (int i = 1; i <= 4; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    fanout.edge(0, "dev-1", 10, Records.close());
    for (int i = 5; i <= 7; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    fanout.lane(0);

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));
    fanout.acknowledge(0, "dev-1", 11, 3L);

    assertEquals(List.of("3", "4", "5", "6", "7"), payloads(deliveriesIn(0)));
  }

  @Test
  void newSessionDoesNotInheritWhatACrashLeftBehind() {
    leaveBehind("dev-2");

    fanout.edge(1, "dev-2", 10, Records.open(false, 3600));
    forget("dev-2");
    fanout.edge(1, "dev-2", 11, Records.open(false, 3600));

    assertEquals(List.of(), deliveriesIn(1));
  }

  @Test
  void whatACrashLeftBehindOfNobodyIsTakenAway() {
    leaveBehind("dev-2");

    fanout.advance(Duration.ofSeconds(1));

    KeyValueStore<Bytes, byte[]> queue = fanout.driver.getKeyValueStore(FanoutTopology.QUEUE);
    try (KeyValueIterator<Bytes, byte[]> entries = queue.all()) {
      entries.forEachRemaining(entry -> assertEquals("dev-1", DeliveryQueue.clientId(entry.key)));
    }
  }

  private void leaveBehind(String clientId) {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.cleared(ALERTS, "of another session", 1);
    KeyValueStore<Bytes, byte[]> queue = fanout.driver.getKeyValueStore(FanoutTopology.QUEUE);
    List<KeyValue<Bytes, byte[]>> left = new ArrayList<>();
    try (KeyValueIterator<Bytes, byte[]> entries = queue.all()) {
      entries.forEachRemaining(left::add);
    }
    left.forEach(entry -> queue.put(asOf(clientId, entry.key), entry.value));
  }

  @Test
  void queueIsBoundedByBytes() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.edge(0, "dev-1", 10, Records.close());
    String large = "x".repeat(400_000);

    fanout.cleared(ALERTS, "1" + large, 1);
    fanout.cleared(ALERTS, "2" + large, 1);
    fanout.cleared(ALERTS, "3" + large, 1);
    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));

    assertEquals(1, fanout.count("overflow"));
    assertEquals(
        List.of("2", "3"),
        payloads(deliveriesIn(0)).stream().map(payload -> payload.substring(0, 1)).toList());
  }

  @Test
  void messageThatExpiredWhileItWaitedIsDropped() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.cleared(expiring("1", 60));
    fanout.cleared(expiring("2", 600));
    fanout.cleared(ALERTS, "3", 1);
    fanout.advance(Duration.ofMinutes(2));

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));

    assertEquals(List.of("2", "3"), payloads(deliveriesIn(0)));
    assertEquals(1, fanout.count("expired"));
  }

  @Test
  void messageThatWasOutBeforeItExpiredComesAgain() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.cleared(expiring("1", 60));
    fanout.lane(0);
    fanout.advance(Duration.ofMinutes(2));

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));

    assertEquals(List.of("1"), payloads(deliveriesIn(0)));
  }

  @Test
  void nothingWaitsLongerThanTheQueueAllows() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.cleared(ALERTS, "1", 1);
    fanout.advance(Duration.ofHours(73));

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));

    fanout.only(SessionOpened.class, 0);
  }

  @Test
  void whatTheClientReceivedIsOnlyReleasedOnTheNextConnection() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 2));
    fanout.cleared(ALERTS, "1", 2);
    fanout.cleared(ALERTS, "2", 1);
    fanout.cleared(ALERTS, "3", 2);
    assertEquals(List.of("1", "2", "3"), fanout.payloads(0));

    fanout.received(0, "dev-1", 10, 3L);
    fanout.edge(0, "dev-1", 10, Records.close());
    forget("dev-1");
    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));

    List<Delivery> again = deliveriesIn(1);
    assertEquals(List.of("1", "2", "3"), payloads(again));
    assertEquals(
        List.of(false, false, true),
        again.stream().map(d -> d.getTargets().getFirst().getReceived()).toList());
    assertEquals(
        List.of(1L, 2L, 3L),
        again.stream().map(d -> fanout.number(d.getTargets().getFirst())).toList());
  }

  @Test
  void messageOfQosTwoGoesOutWhenItsEntryIsSafe() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 2));

    fanout.pipeOnly(Topics.MESSAGES_CLEARED, ALERTS, fanout.message(ALERTS, "1", 2));
    fanout.pipeOnly(Topics.MESSAGES_CLEARED, ALERTS, fanout.message(ALERTS, "2", 1));

    // The driver commits after each record: the first is safe when the second comes.
    assertEquals(List.of("1", "2"), fanout.payloads(0));
    fanout.pipeOnly(Topics.MESSAGES_CLEARED, ALERTS, fanout.message(ALERTS, "3", 2));
    assertEquals(List.of(), fanout.payloads(0));
    fanout.driver.advanceWallClockTime(Duration.ofMillis(1));
    assertEquals(List.of("3"), fanout.payloads(0));
  }

  @Test
  void fullQueueKeepsWhatTheClientMayHaveOfQosTwo() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 2));
    fanout.cleared(ALERTS, "1", 1);
    fanout.cleared(ALERTS, "2", 2);
    fanout.edge(0, "dev-1", 10, Records.close());
    for (int i = 3; i <= 8; i++) {
      fanout.cleared(ALERTS, "" + i, 1);
    }
    fanout.lane(0);

    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));
    fanout.acknowledge(0, "dev-1", 11, 2L);

    assertEquals(List.of("2", "5", "6", "7", "8"), payloads(deliveriesIn(0)));
  }

  @Test
  void targetsOfABroadcastHaveTheirOwnDeliveryIds() {
    fanout.connected(0, "dev-1", 10, Records.to("all", 1), Records.to(ALERTS, 1));
    fanout.connected(0, "dev-2", 10, Records.to("all", 1));
    fanout.connected(0, "dev-3", 10, Records.to("all", 0));
    fanout.cleared(ALERTS, "only one", 1);
    fanout.lane(0);

    fanout.cleared("all", "hello", 1);

    assertEquals(
        List.of(2L, 1L, 0L),
        fanout.only(Delivery.class, 0).getTargets().stream().map(fanout::number).toList());
  }

  private InspectedMessage expiring(String payload, long seconds) {
    InspectedMessage message = fanout.message(ALERTS, payload, 1);
    message.setProperties(MessageProperties.newBuilder().setMessageExpirySeconds(seconds).build());
    return message;
  }

  /** So many other sessions are in use that this one has to be read again. */
  private void forget(String clientId) {
    for (int i = 0; i < Records.config().cachedSessions(); i++) {
      fanout.edge(3, "not-" + clientId + i, 1, Records.open(true, 0));
    }
  }

  /** The same key for a client whose id is as long. */
  private static Bytes asOf(String clientId, Bytes key) {
    byte[] changed = key.get().clone();
    byte[] id = clientId.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(id, 0, changed, 0, id.length);
    return Bytes.wrap(changed);
  }

  private List<Delivery> deliveriesIn(int lane) {
    return fanout.lane(lane).stream()
        .filter(Delivery.class::isInstance)
        .map(Delivery.class::cast)
        .toList();
  }

  private static List<String> payloads(List<Delivery> deliveries) {
    return deliveries.stream().map(d -> Records.text(d.getMessage().getPayload())).toList();
  }
}
