package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Action;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.Release;
import io.mqttsentinel.schemas.Subscription;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RouterTest {

  private static final String ALERTS = "clients/dev-1/alerts";

  private final FanoutDriver fanout = new FanoutDriver();

  @AfterEach
  void close() {
    fanout.close();
  }

  @Test
  void exactFilterGetsItsTopicOnly() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));
    fanout.connected(1, "dev-2", 10, Records.to("clients/dev-2/alerts", 0));

    fanout.cleared(ALERTS, "for one", 0);
    fanout.cleared(ALERTS + "/more", "for nobody", 0);

    assertEquals(List.of("for one"), fanout.payloads(0));
    assertEquals(List.of(), fanout.payloads(1));
    assertEquals(1, fanout.count("routed"));
    assertEquals(1, fanout.count("unrouted"));
  }

  @Test
  void messageKeepsWhatItCameWith() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    InspectedMessage message = fanout.message(ALERTS, "payload", 1);
    message.getProperties().setContentType("text/plain");

    fanout.cleared(message);

    var delivered = fanout.only(Delivery.class, 0).getMessage();
    assertEquals(message.getEpoch(), delivered.getEpoch());
    assertEquals(message.getSequence(), delivered.getSequence());
    assertEquals("publisher", delivered.getPublisher());
    assertEquals(ALERTS, delivered.getTopic());
    assertEquals("payload", Records.text(delivered.getPayload()));
    assertEquals("text/plain", delivered.getProperties().getContentType());
    assertEquals(message.getAcceptedAt(), delivered.getAcceptedAt());
    assertEquals("fanout-delivery", delivered.getStamps().getLast().getStage());
  }

  @Test
  void overlappingSubscriptionsDeliverOnce() {
    fanout.connected(
        0,
        "dev-1",
        10,
        subscription(ALERTS, 0, 7),
        subscription("clients/+/alerts", 2, 8),
        subscription("#", 1, 9),
        Records.to("clients/#", 1));

    fanout.cleared(ALERTS, "x", 2);

    DeliveryTarget target = onlyTarget(0);
    assertEquals(2, target.getQos());
    assertEquals(Set.of(7, 8, 9), Set.copyOf(target.getSubscriptionIds()));
  }

  @Test
  void highestQosCountsWhereverItIsFound() {
    fanout.connected(0, "dev-1", 10, Records.to("a/b", 2), Records.to("a/+", 0));
    fanout.connected(1, "dev-2", 10, Records.to("a/b", 0), Records.to("a/+", 2));

    fanout.cleared("a/b", "x", 2);

    assertEquals(2, onlyTarget(0).getQos());
    assertEquals(2, onlyTarget(1).getQos());
  }

  @Test
  void qosIsTheLowerOfPublishedAndSubscribed() {
    fanout.connected(0, "dev-1", 10, Records.to("a", 1), Records.to("b/+", 2));

    fanout.cleared("a", "x", 2);
    assertEquals(1, onlyTarget(0).getQos());
    fanout.cleared("b/x", "x", 1);
    assertEquals(1, onlyTarget(0).getQos());
    fanout.cleared("b/x", "x", 0);
    assertEquals(0, onlyTarget(0).getQos());
  }

  @Test
  void noLocalKeepsOwnMessagesAway() {
    Subscription noLocal =
        Subscription.newBuilder().setTopicFilter(ALERTS).setQos(0).setNoLocal(true).build();
    fanout.connected(0, "dev-1", 10, noLocal);
    InspectedMessage own = fanout.message(ALERTS, "own", 0);
    own.setClientId("dev-1");
    InspectedMessage origin = fanout.message(ALERTS, "from the origin", 0);
    origin.setClientId("dev-1");
    origin.setEpoch(5);
    origin.setSource(MessageSource.ORIGIN);

    fanout.cleared(own);
    fanout.cleared(origin);
    fanout.cleared(ALERTS, "from another", 0);

    assertEquals(List.of("from the origin", "from another"), fanout.payloads(0));
  }

  @Test
  void systemTopicsAreNotMeantByLeadingWildcards() {
    fanout.connected(0, "dev-1", 10, Records.to("#", 0), Records.to("+/uptime", 0));
    fanout.connected(1, "dev-2", 10, Records.to("$SYS/#", 0));

    fanout.cleared("$SYS/uptime", "1", 0);

    assertEquals(List.of(), fanout.payloads(0));
    assertEquals(List.of("1"), fanout.payloads(1));
  }

  @Test
  void liveMessageIsRetainedOnlyForWhoAsksForIt() {
    Subscription asPublished =
        Subscription.newBuilder()
            .setTopicFilter("state/+")
            .setQos(0)
            .setRetainAsPublished(true)
            .build();
    fanout.connected(0, "dev-1", 10, asPublished);
    fanout.connected(1, "dev-2", 10, Records.to("state/+", 0));
    InspectedMessage retained = fanout.message("state/a", "on", 0);
    retained.setRetain(true);

    fanout.cleared(retained);
    assertTrue(onlyTarget(0).getRetain());
    assertFalse(onlyTarget(1).getRetain());
    fanout.cleared("state/a", "off", 0);
    assertFalse(onlyTarget(0).getRetain());
  }

  @Test
  void broadcastIsOneRecordForEachLane() {
    for (int i = 0; i < 30; i++) {
      fanout.connected(i % 3, "dev-" + i, 10, Records.to("all", i % 2));
    }

    fanout.cleared("all", "hello", 1);

    for (int lane = 0; lane < 3; lane++) {
      int start = lane;
      assertEquals(
          IntStream.range(0, 30)
              .filter(i -> i % 3 == start)
              .mapToObj(i -> "dev-" + i)
              .collect(Collectors.toSet()),
          fanout.only(Delivery.class, lane).getTargets().stream()
              .map(DeliveryTarget::getClientId)
              .collect(Collectors.toSet()));
    }
    assertEquals(30, fanout.count("deliveries"));
  }

  @Test
  void broadcastThatIsTooLargeForARecordIsDivided() {
    int targets = 2 * RecordParts.TARGET_BYTES / RecordParts.size("c".repeat(100), List.of()) - 2;
    for (int i = 0; i < targets; i++) {
      fanout.connected(0, "%0100d".formatted(i), 10, Records.to("all", 0));
    }

    fanout.cleared("all", "hello", 0);

    List<Delivery> parts = fanout.deliveries(0);
    assertEquals(2, parts.size());
    assertEquals(
        targets,
        parts.stream()
            .flatMap(part -> part.getTargets().stream())
            .map(DeliveryTarget::getClientId)
            .distinct()
            .count());
  }

  @Test
  void broadcastToTenThousandSubscribersIsOneRecordForEachLane() {
    int subscribers = 10_000;
    for (int i = 0; i < subscribers; i++) {
      fanout.connected(i % 4, "dev-" + i, 10, Records.to("all", i % 3));
    }

    fanout.cleared("all", "hello", 2);

    int targets = 0;
    int records = 0;
    for (int lane = 0; lane < 4; lane++) {
      List<Delivery> deliveries = fanout.deliveries(lane);
      records += deliveries.size();
      targets += deliveries.stream().mapToInt(d -> d.getTargets().size()).sum();
    }
    assertEquals(subscribers, targets);
    // What goes with QoS 2 follows when its queue entries are safe.
    assertTrue(records <= 8, records + " records");
  }

  @Test
  void whatHasNoVerdictIsNotDelivered() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    InspectedMessage undecided = fanout.message(ALERTS, "undecided", 1);
    undecided.setVerdict(null);
    InspectedMessage blocked = fanout.message(ALERTS, "blocked", 1);
    blocked.getVerdict().setAction(Action.BLOCK);
    InspectedMessage quarantined = fanout.message(ALERTS, "quarantined", 1);
    quarantined.getVerdict().setAction(Action.QUARANTINE);
    InspectedMessage flagged = fanout.message(ALERTS, "flagged", 1);
    flagged.getVerdict().setAction(Action.FLAG);

    List.of(undecided, blocked, quarantined, flagged).forEach(fanout::cleared);

    assertEquals(List.of("flagged"), fanout.payloads(0));
    assertEquals(3, fanout.count("without.verdict"));
  }

  @Test
  void publishThatItsClientRepeatsOnAnotherConnectionIsDropped() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));
    InspectedMessage first = fanout.message(ALERTS, "first", 2);
    first.setExactlyOnce(new ExactlyOnce(5, first.getEpoch(), first.getSequence()));
    InspectedMessage again = InspectedMessage.newBuilder(first).setEpoch(78).setSequence(1).build();
    InspectedMessage next = InspectedMessage.newBuilder(first).setEpoch(78).setSequence(2).build();
    next.setExactlyOnce(new ExactlyOnce(5, 78L, 2L));
    next.setPayload(ByteBuffer.wrap("next".getBytes(StandardCharsets.UTF_8)));

    List.of(first, again, next, first, next).forEach(fanout::cleared);

    assertEquals(List.of("first", "next"), fanout.payloads(0));
    assertEquals(3, fanout.count("duplicates"));
  }

  @Test
  void willThatOvertakesItsConnectionCoversNothing() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));
    InspectedMessage last = fanout.message(ALERTS, "last", 1);
    InspectedMessage will = fanout.message(ALERTS, "will", 1);
    will.setSource(MessageSource.WILL);
    will.setSequence(Long.MAX_VALUE);

    List.of(will, last, will).forEach(fanout::cleared);

    assertEquals(List.of("will", "last"), fanout.payloads(0));
  }

  @Test
  void duplicateIsDropped() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));
    InspectedMessage first = fanout.message(ALERTS, "first", 1);
    InspectedMessage second = fanout.message(ALERTS, "second", 1);

    fanout.cleared(first);
    fanout.cleared(second);
    fanout.cleared(first);
    fanout.cleared(second);

    assertEquals(List.of("first", "second"), fanout.payloads(0));
    assertEquals(2, fanout.count("duplicates"));
  }

  @Test
  void sameSequenceOfAnotherConnectionOrPublisherIsNoDuplicate() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));
    InspectedMessage first = fanout.message(ALERTS, "first", 1);
    InspectedMessage reconnected = InspectedMessage.newBuilder(first).setEpoch(78).build();
    InspectedMessage other = InspectedMessage.newBuilder(first).setClientId("other").build();

    fanout.cleared(first);
    fanout.cleared(reconnected);
    fanout.cleared(other);

    assertEquals(3, fanout.payloads(0).size());
  }

  @Test
  void releasedMessageMayComeLateButOnce() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));
    InspectedMessage quarantined = fanout.message(ALERTS, "released", 1);
    fanout.cleared(ALERTS, "later", 1);
    quarantined.setRelease(new Release("analyst", fanout.clock.instant()));

    fanout.cleared(quarantined);
    fanout.cleared(quarantined);

    assertEquals(List.of("later", "released"), fanout.payloads(0));
  }

  @Test
  void silentPublishersAreForgotten() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));
    InspectedMessage message = fanout.message(ALERTS, "x", 1);
    fanout.cleared(message);

    fanout.advance(Duration.ofHours(5));
    assertTrue(fanout.driver.getKeyValueStore(FanoutTopology.DEDUPLICATION).all().hasNext());
    fanout.advance(Duration.ofHours(2));

    assertFalse(fanout.driver.getKeyValueStore(FanoutTopology.DEDUPLICATION).all().hasNext());
  }

  @Test
  void expiredMessageIsNotRouted() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    InspectedMessage message = fanout.message(ALERTS, "late", 1);
    message.setProperties(MessageProperties.newBuilder().setMessageExpirySeconds(10L).build());
    fanout.advance(Duration.ofSeconds(10));

    fanout.cleared(message);

    assertEquals(List.of(), fanout.lane(0));
    assertEquals(1, fanout.count("expired"));
  }

  private static Subscription subscription(String topicFilter, int qos, int id) {
    return Subscription.newBuilder()
        .setTopicFilter(topicFilter)
        .setQos(qos)
        .setSubscriptionId(id)
        .build();
  }

  private DeliveryTarget onlyTarget(int lane) {
    List<DeliveryTarget> targets = fanout.only(Delivery.class, lane).getTargets();
    assertEquals(1, targets.size());
    return targets.getFirst();
  }
}
