package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.SubscriptionApplied;
import io.mqttsentinel.schemas.SubscriptionChange;
import io.mqttsentinel.schemas.Topics;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The task of partition 0 of 4. The driver hands it what it writes for the others, too. */
class PartitionsTest {

  private static final int PARTITIONS = 4;
  private static final String HERE = clientOf(0);
  private static final String THERE = clientOf(1);

  private final FanoutDriver fanout = new FanoutDriver(Records.config(), PARTITIONS);

  @AfterEach
  void close() {
    fanout.close();
  }

  @ParameterizedTest
  @CsvSource({
    "clients/dev-1/alerts, false",
    "clients/dev-1/#,      false",
    "clients/dev-1/+/x,    false",
    "clients/+/alerts,     true",
    "clients/#,            true",
    "clients/+,            true",
    "clients//#,           true",
    "a/b,                  false",
    "a/+,                  true",
    "#,                    true",
  })
  void filterIsSpreadWhereItsTopicsAre(String topicFilter, boolean spread) {
    assertEquals(spread, OwnPartition.isSpread(topicFilter));
  }

  @Test
  void ownTreeNeedsNoWayThroughKafka() {
    fanout.connected(0, HERE, 10, Records.to("clients/" + HERE + "/#", 1));

    fanout.cleared("clients/" + HERE + "/alerts", "x", 1);

    assertEquals(List.of("x"), fanout.payloads(0));
    assertEquals(List.of(), fanout.read(Topics.SUBSCRIPTION_CHANGES));
    assertEquals(List.of(), fanout.read(Topics.SESSION_DELIVERIES));
  }

  @Test
  void sessionTellsThePartitionThatServesTheFilter() {
    String topic = topicOf(2);
    fanout.edge(3, HERE, 10, Records.open(false, 3600));

    fanout.edge(3, HERE, 10, Records.subscribe(42, Records.to(topic, 1)));

    SubscriptionChange change = fanout.read(Topics.SUBSCRIPTION_CHANGES).getFirst();
    assertEquals(topic, change.getTopicFilter());
    assertEquals(HERE, change.getClientId());
    assertEquals(10, change.getSessionId());
    assertEquals(42, change.getRequestId());
    assertEquals(3, change.getLane());
    assertEquals(1, change.getParts());
  }

  @Test
  void partsOfARequestAreAllDifferent() {
    fanout.edge(0, HERE, 10, Records.open(false, 3600));
    fanout.lane(0);

    fanout.edge(
        0,
        HERE,
        10,
        Records.subscribe(
            42, Records.to("a/+", 1), Records.to(topicOf(0), 1), Records.to("b/+", 1)));

    // Of the filters that every partition serves, this is partition 0.
    List<SubscriptionApplied> applied =
        fanout.lane(0).stream().map(SubscriptionApplied.class::cast).toList();
    assertEquals(
        Set.of(0, PARTITIONS, PARTITIONS + 1),
        applied.stream().map(SubscriptionApplied::getPart).collect(Collectors.toSet()));
    assertTrue(applied.stream().allMatch(a -> a.getParts() == 2 * PARTITIONS + 1));
  }

  @Test
  void sessionsOfAnotherPartitionAreReachedThroughIt() {
    String topic = topicOf(0);
    String alsoThere = clientOf(1, THERE);
    fanout.connected(0, HERE, 10, Records.to(topic, 1));
    fanout.connected(1, THERE, 10, Records.to(topic, 1));
    fanout.connected(2, alsoThere, 10, Records.to(topic, 0));
    fanout.read(Topics.SESSION_DELIVERIES);

    fanout.cleared(topic, "x", 1);

    assertEquals(List.of("x"), fanout.payloads(0));
    List<RoutedMessage> routed = fanout.read(Topics.SESSION_DELIVERIES);
    assertEquals(1, routed.size(), "one record for both");
    assertEquals(0, routed.getFirst().getRouterPartition());
    assertEquals(
        Set.of(THERE, alsoThere),
        routed.getFirst().getTargets().stream()
            .map(RouteTarget::getClientId)
            .collect(Collectors.toSet()));
    assertEquals(1, fanout.only(Delivery.class, 1).getTargets().getFirst().getQos());
    assertEquals(0, fanout.only(Delivery.class, 2).getTargets().getFirst().getQos());
  }

  @Test
  void routedMessageThatIsRepeatedIsDropped() {
    fanout.connected(0, HERE, 10, Records.to(topicOf(0), 1));
    RoutedMessage routed = routed(3, 100, 0, 10);

    fanout.pipe(Topics.SESSION_DELIVERIES, HERE, routed);
    fanout.pipe(Topics.SESSION_DELIVERIES, HERE, routed);
    fanout.pipe(Topics.SESSION_DELIVERIES, HERE, routed(3, 99, 0, 10));
    assertEquals(1, fanout.deliveries(0).size());
    assertEquals(2, fanout.count("duplicates"));

    fanout.pipe(Topics.SESSION_DELIVERIES, HERE, routed(3, 100, 1, 10));
    fanout.pipe(Topics.SESSION_DELIVERIES, HERE, routed(2, 100, 0, 10));
    assertEquals(2, fanout.deliveries(0).size(), "another part, another router");
  }

  @Test
  void routeOfASessionThatEndedLeadsNowhere() {
    fanout.connected(0, HERE, 10);

    fanout.pipe(Topics.SESSION_DELIVERIES, HERE, routed(3, 100, 0, 9));

    assertEquals(List.of(), fanout.lane(0));
    assertEquals(1, fanout.count("without.session"));
  }

  @Test
  void sharedMessageOfASessionThatEndedGoesToAMemberOfAnotherPartition() {
    String topic = topicOf(0);
    String shared = "$share/g/" + topic;
    fanout.connected(0, THERE, 10, Records.to(shared, 1));
    fanout.read(Topics.SESSION_DELIVERIES);
    RoutedMessage late = routed(3, 100, 0, 9);
    late.getMessage().setTopic(topic);
    late.getTargets().getFirst().setSharedFilters(List.of(shared));

    fanout.pipe(Topics.SESSION_DELIVERIES, HERE, late);

    List<RoutedMessage> routed = fanout.read(Topics.SESSION_DELIVERIES);
    assertEquals(2, routed.size(), "back to the router, and from it to the member");
    assertEquals(HERE, routed.getFirst().getHandOn().getClientId());
    RouteTarget target = routed.getLast().getTargets().getFirst();
    assertEquals(THERE, target.getClientId());
    assertEquals(1, target.getHandedOn());
    assertEquals(List.of("x"), fanout.payloads(0));
  }

  @Test
  void wildcardFilterOfAnotherPartitionsClientIsServed() {
    fanout.pipe(
        Topics.SUBSCRIPTION_CHANGES,
        "any/+",
        SubscriptionChange.newBuilder()
            .setTopicFilter("any/+")
            .setClientId(THERE)
            .setSubscription(Records.to("any/+", 1))
            .setEpoch(10)
            .setSessionId(10)
            .setRegion(Records.REGION)
            .setLane(1)
            .setRequestId(0)
            .setPart(0)
            .setParts(PARTITIONS)
            .setAt(fanout.clock.instant())
            .build());

    fanout.cleared("any/x", "x", 1);

    assertFalse(fanout.read(Topics.SESSION_DELIVERIES).isEmpty());
    assertEquals(List.of(), fanout.lane(1), "nobody waits for an answer");
  }

  private RoutedMessage routed(int partition, long offset, int part, long sessionId) {
    return new RoutedMessage(
        Router.content(fanout.message("t", "x", 1)),
        List.of(new RouteTarget(HERE, 1, false, List.of(), sessionId, List.of(), 0)),
        partition,
        offset,
        part,
        false,
        null);
  }

  private static String clientOf(int partition, String... others) {
    return IntStream.range(0, 1000)
        .mapToObj(i -> "client-" + i)
        .filter(id -> Topics.SESSION_EVENTS.partition(id, PARTITIONS) == partition)
        .filter(id -> !List.of(others).contains(id))
        .findFirst()
        .orElseThrow();
  }

  private static String topicOf(int partition) {
    return IntStream.range(0, 1000)
        .mapToObj(i -> "topic-" + i)
        .filter(topic -> Topics.MESSAGES_CLEARED.partition(topic, PARTITIONS) == partition)
        .findFirst()
        .orElseThrow();
  }
}
