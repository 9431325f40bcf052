package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.DeliveryTarget;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RetainedTest {

  private final FanoutDriver fanout =
      new FanoutDriver(
          new FanoutConfig(
              10_000,
              60_000,
              1L << 30,
              Duration.ofHours(72),
              Duration.ofHours(6),
              2_000,
              100,
              Duration.ofSeconds(5)),
          1);

  @AfterEach
  void close() {
    fanout.close();
  }

  @Test
  void newSubscriptionGetsTheLastMessageOfEachTopic() {
    retain("state/a", "old", 0);
    retain("state/a", "new", 1);
    retain("state/b/c", "deep", 2);
    retain("state", "parent", 0);
    retain("stately", "other", 0);
    fanout.cleared("state/d", "not retained", 1);
    fanout.edge(0, "dev-1", 10, Records.open(false, 3600));
    fanout.lane(0);

    fanout.edge(0, "dev-1", 10, Records.subscribe(1, subscription("state/#", 1, 0)));

    List<Delivery> got = deliveries(0);
    assertEquals(Set.of("new", "deep", "parent"), Set.copyOf(payloads(got)));
    for (Delivery delivery : got) {
      DeliveryTarget target = delivery.getTargets().getFirst();
      assertTrue(target.getRetain());
      assertEquals(List.of(7), target.getSubscriptionIds());
      assertEquals(Math.min(1, delivery.getMessage().getQos()), target.getQos());
    }
  }

  @Test
  void exactFilterGetsItsTopic() {
    retain("state/a", "a", 1);
    retain("state/b", "b", 1);

    subscribe("dev-1", subscription("state/a", 2, 0));

    assertEquals(List.of("a"), payloads(deliveries(0)));
  }

  @Test
  void emptyPayloadRemoves() {
    retain("state/a", "a", 1);
    retain("state/a", "", 1);

    subscribe("dev-1", subscription("state/+", 1, 0));

    assertEquals(List.of(), deliveries(0));
  }

  @Test
  void retainHandlingDecides() {
    retain("state/a", "a", 0);

    subscribe("dev-1", subscription("state/a", 0, 2));
    assertEquals(List.of(), deliveries(0), "never");
    subscribe("dev-1", subscription("state/a", 0, 1));
    assertEquals(List.of(), deliveries(0), "the subscription existed");
    subscribe("dev-1", subscription("state/a", 0, 0));
    assertEquals(1, deliveries(0).size(), "always");
    subscribe("dev-1", subscription("state/+", 0, 1));
    assertEquals(1, deliveries(0).size(), "the subscription is new");
    subscribe("dev-1", subscription("$share/g/state/a", 0, 0));
    assertEquals(List.of(), deliveries(0), "never to a shared subscription");
  }

  @Test
  void retainedMessageExpires() {
    InspectedMessage message = fanout.message("state/a", "a", 1);
    message.setRetain(true);
    message.getProperties().setMessageExpirySeconds(60L);
    fanout.cleared(message);
    subscribe("dev-1", subscription("state/a", 1, 0));
    assertEquals(1, deliveries(0).size());

    fanout.clock.advance(Duration.ofSeconds(61)); // not swept yet
    subscribe("dev-1", subscription("state/+", 1, 0));
    assertEquals(List.of(), deliveries(0));
    fanout.advance(Duration.ofSeconds(2));
    assertFalse(fanout.driver.getKeyValueStore(FanoutTopology.RETAINED).all().hasNext());
  }

  @Test
  void systemTopicsAreNotMeantByLeadingWildcards() {
    retain("$SYS/uptime", "1", 0);

    subscribe("dev-1", subscription("#", 0, 0), subscription("+/uptime", 0, 0));
    assertEquals(List.of(), deliveries(0));
    subscribe("dev-1", subscription("$SYS/#", 0, 0));
    assertEquals(1, deliveries(0).size());
  }

  @Test
  void ownMessagesStayAwayWithNoLocal() {
    retain("state/a", "a", 0);
    Subscription noLocal =
        Subscription.newBuilder().setTopicFilter("state/#").setQos(0).setNoLocal(true).build();

    subscribe("publisher", noLocal);
    assertEquals(List.of(), deliveries(0));
    subscribe("dev-1", noLocal);
    assertEquals(1, deliveries(0).size());
  }

  @Test
  void manyTopicsComeInSlices() {
    int topics = 1_000;
    for (int i = 0; i < topics; i++) {
      retain("many/" + i, "" + i, i % 3);
    }

    fanout.edge(0, "dev-1", 10, Records.open(false, 3600));
    fanout.pipeOnly(
        Topics.SESSION_EVENTS,
        "dev-1",
        Records.event(
            "dev-1",
            10,
            0,
            fanout.clock.instant(),
            Records.subscribe(1, subscription("many/#", 2, 0))));
    int first = deliveries(0).size();
    assertTrue(first > 0 && first <= 256, first + " at once");
    assertTrue(fanout.driver.getKeyValueStore(FanoutTopology.RETAINED_SCANS).all().hasNext());
    int[] got = {first};
    for (int i = 0; i < 10; i++) {
      fanout.advance(Duration.ofMillis(20));
      fanout.driver.advanceWallClockTime(Duration.ofMillis(1));
      got[0] += deliveries(0).size();
    }

    assertEquals(topics, got[0]);
    assertFalse(fanout.driver.getKeyValueStore(FanoutTopology.RETAINED_SCANS).all().hasNext());
  }

  @Test
  void repeatedRetainedMessageOfQosTwoIsDropped() {
    retain("state/a", "a", 2);
    fanout.edge(0, "dev-1", 10, Records.open(false, 3600));
    subscribe("dev-1", subscription("state/a", 2, 0));
    assertEquals(1, deliveries(0).size());

    RoutedMessage sent = fanout.read(Topics.SESSION_DELIVERIES).getLast();
    fanout.pipe(Topics.SESSION_DELIVERIES, "dev-1", sent);
    assertEquals(List.of(), deliveries(0));

    subscribe("dev-1", subscription("state/a", 2, 0));
    assertEquals(1, deliveries(0).size(), "subscribed once more");
  }

  @Test
  void whatWasReplacedMeanwhileIsNotDeliveredLate() {
    retain("state/a", "old", 1);
    fanout.edge(0, "dev-1", 10, Records.open(false, 3600));
    subscribe("dev-1", subscription("state/a", 1, 0));
    assertEquals(List.of("old"), payloads(deliveries(0)));
    RoutedMessage old = fanout.read(Topics.SESSION_DELIVERIES).getLast();
    retain("state/a", "new", 1);
    assertEquals(List.of("new"), payloads(deliveries(0)));

    fanout.pipe(Topics.SESSION_DELIVERIES, "dev-1", old);

    assertEquals(List.of(), deliveries(0));
  }

  @Test
  void sameTopicOfManySubscribersIsFoundForEach() {
    retain("state/a", "a", 1);
    for (int i = 0; i < 20; i++) {
      String clientId = "dev-" + i;
      subscribe(clientId, subscription("state/+", 1, 0));
      List<Delivery> got = deliveries(0);
      assertEquals(1, got.size());
      assertEquals(clientId, got.getFirst().getTargets().getFirst().getClientId());
    }
  }

  private void retain(String topic, String payload, int qos) {
    InspectedMessage message = fanout.message(topic, payload, qos);
    message.setRetain(true);
    fanout.cleared(message);
  }

  private void subscribe(String clientId, Subscription... subscriptions) {
    fanout.connected(0, clientId, 10);
    fanout.edge(0, clientId, 10, Records.subscribe(1, subscriptions));
  }

  private static Subscription subscription(String topicFilter, int qos, int retainHandling) {
    return Subscription.newBuilder()
        .setTopicFilter(topicFilter)
        .setQos(qos)
        .setRetainHandling(retainHandling)
        .setSubscriptionId(7)
        .build();
  }

  private List<Delivery> deliveries(int lane) {
    return fanout.lane(lane).stream()
        .filter(Delivery.class::isInstance)
        .map(Delivery.class::cast)
        .toList();
  }

  private static List<String> payloads(List<Delivery> deliveries) {
    return deliveries.stream().map(d -> Records.text(d.getMessage().getPayload())).toList();
  }
}
