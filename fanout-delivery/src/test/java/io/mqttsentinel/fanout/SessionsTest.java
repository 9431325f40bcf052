package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.mqttsentinel.schemas.PublishReceived;
import io.mqttsentinel.schemas.PublishReleased;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.Subscription;
import io.mqttsentinel.schemas.SubscriptionApplied;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SessionsTest {

  private static final String ALERTS = "clients/dev-1/alerts";

  private final FanoutDriver fanout = new FanoutDriver();

  @AfterEach
  void close() {
    fanout.close();
  }

  @Test
  void firstConnectionFindsNoSession() {
    fanout.edge(2, "dev-1", 10, Records.open(false, 3600));

    assertEquals(
        new SessionOpened("dev-1", 10L, false, List.of(), List.of()),
        fanout.only(SessionOpened.class, 2));
    assertEquals(1, fanout.gauge("sessions"));
    assertEquals(1, fanout.gauge("sessions.connected"));
  }

  @Test
  void resumedSessionHasItsSubscriptions() {
    Subscription alerts = Records.to(ALERTS, 1);
    fanout.connected(0, "dev-1", 10, alerts);
    fanout.edge(0, "dev-1", 10, Records.close());

    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));

    assertEquals(
        new SessionOpened("dev-1", 11L, true, List.of(alerts), List.of()),
        fanout.only(SessionOpened.class, 1));
    assertEquals(List.of(), fanout.lane(0), "the first connection had ended, nobody is fenced");
  }

  @Test
  void takeoverFencesTheOtherEdge() {
    fanout.connected(0, "dev-1", 10);

    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));

    assertEquals(new SessionFenced("dev-1", 10L, 0x8E), fanout.only(SessionFenced.class, 0));
    assertTrue(fanout.only(SessionOpened.class, 1).getSessionPresent());
  }

  @Test
  void takeoverOnTheSameEdgeFencesBeforeItAnswers() {
    fanout.connected(3, "dev-1", 10);

    fanout.edge(3, "dev-1", 11, Records.open(true, 3600));

    assertEquals(
        List.of(
            new SessionFenced("dev-1", 10L, 0x8E),
            new SessionOpened("dev-1", 11L, false, List.of(), List.of())),
        fanout.lane(3));
    assertEquals(1, fanout.gauge("sessions"));
    assertEquals(1, fanout.gauge("sessions.connected"));
  }

  @Test
  void laterRecordWinsWhateverItsEpoch() {
    fanout.connected(0, "dev-1", 20);

    fanout.edge(1, "dev-1", 10, Records.open(false, 3600));

    assertEquals(20, fanout.only(SessionFenced.class, 0).getEpoch());
    assertEquals(10, fanout.only(SessionOpened.class, 1).getEpoch());
  }

  @Test
  void takeoverOfASessionThatEndsWithItsConnectionFindsNone() {
    fanout.edge(0, "dev-1", 10, Records.open(false, 0));
    fanout.edge(0, "dev-1", 10, Records.subscribe(1, Records.to(ALERTS, 1)));
    fanout.lane(0);

    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));
    fanout.cleared(ALERTS, "not for the second session", 1);

    assertEquals(
        new SessionOpened("dev-1", 11L, false, List.of(), List.of()),
        fanout.only(SessionOpened.class, 1));
  }

  @Test
  void cleanStartRemovesSubscriptionsAndQueue() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1), Records.to("all/+", 1));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.cleared(ALERTS, "queued", 1);

    fanout.edge(0, "dev-1", 11, Records.open(true, 3600));
    fanout.cleared(ALERTS, "late", 1);
    fanout.cleared("all/here", "late", 0);

    assertEquals(
        List.of(new SessionOpened("dev-1", 11L, false, List.of(), List.of())), fanout.lane(0));
    assertEquals(0, fanout.gauge("subscriptions"));
    assertEquals(2, fanout.count("unrouted"));
  }

  @Test
  void sessionWithoutExpiryEndsWithItsConnection() {
    fanout.edge(0, "dev-1", 10, Records.open(false, 0));
    fanout.edge(0, "dev-1", 10, Records.subscribe(1, Records.to(ALERTS, 1)));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.lane(0);

    fanout.cleared(ALERTS, "nobody is there", 1);
    fanout.edge(0, "dev-1", 11, Records.open(false, 0));

    assertEquals(
        new SessionOpened("dev-1", 11L, false, List.of(), List.of()),
        fanout.only(SessionOpened.class, 0));
    assertEquals(1, fanout.count("unrouted"));
    assertEquals(1, fanout.gauge("sessions"));
  }

  @Test
  void disconnectMayShortenTheSession() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));

    fanout.edge(
        0,
        "dev-1",
        10,
        SessionClose.newBuilder()
            .setCause(CloseCause.CLIENT_DISCONNECT)
            .setSessionExpirySeconds(0L)
            .build());

    assertEquals(0, fanout.gauge("sessions"));
    assertEquals(0, fanout.gauge("subscriptions"));
  }

  @Test
  void sessionEndsWhenItsTimeIsUp() {
    fanout.edge(0, "dev-1", 10, Records.open(false, 60));
    fanout.edge(0, "dev-1", 10, Records.subscribe(1, Records.to(ALERTS, 1)));
    fanout.edge(0, "dev-1", 10, Records.close());

    fanout.advance(Duration.ofSeconds(59));
    assertEquals(1, fanout.gauge("sessions"));
    fanout.advance(Duration.ofSeconds(2));
    assertEquals(0, fanout.gauge("sessions"));
    fanout.cleared(ALERTS, "nobody is there", 1);
    assertEquals(1, fanout.count("unrouted"));
  }

  @Test
  void sessionThatCameBackInTimeStays() {
    fanout.edge(0, "dev-1", 10, Records.open(false, 60));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.advance(Duration.ofSeconds(30));
    fanout.edge(0, "dev-1", 11, Records.open(false, 60));
    fanout.lane(0);

    fanout.advance(Duration.ofHours(1));
    fanout.edge(0, "dev-1", 12, Records.open(false, 60));

    assertEquals(1, fanout.gauge("sessions"));
    assertTrue(((SessionOpened) fanout.lane(0).getLast()).getSessionPresent());
  }

  @Test
  void expiryCountsFromTheEndOfTheConnectionEvenBeforeTheTimerRan() {
    fanout.edge(0, "dev-1", 10, Records.open(false, 60));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.lane(0);
    fanout.clock.advance(Duration.ofSeconds(61)); // the driver's clock, and its timers, stand still

    fanout.edge(0, "dev-1", 11, Records.open(false, 60));

    assertFalse(fanout.only(SessionOpened.class, 0).getSessionPresent());
  }

  @Test
  void eventsOfALostConnectionAreIgnored() {
    fanout.connected(0, "dev-1", 10);
    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));
    fanout.lane(0);
    fanout.lane(1);

    fanout.edge(0, "dev-1", 10, Records.subscribe(5, Records.to(ALERTS, 1)));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.cleared(ALERTS, "nobody asked", 0);

    assertEquals(List.of(), fanout.lane(0));
    assertEquals(List.of(), fanout.lane(1));
    assertEquals(1, fanout.gauge("sessions.connected"));
    assertEquals(2, fanout.count("events.stale"));
  }

  @Test
  void subscribingIsAnsweredWhenItIsApplied() {
    fanout.edge(0, "dev-1", 10, Records.open(false, 3600));
    fanout.lane(0);

    fanout.edge(
        0, "dev-1", 10, Records.subscribe(42, Records.to(ALERTS, 1), Records.to("all/#", 0)));

    assertEquals(
        List.of(
            new SubscriptionApplied("dev-1", 10L, 42L, 0, 2, 0),
            new SubscriptionApplied("dev-1", 10L, 42L, 1, 2, 0)),
        fanout.lane(0));
    assertEquals(2, fanout.gauge("subscriptions"));
  }

  @Test
  void unsubscribingStopsWhatItNames() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0), Records.to("all/+", 0));

    fanout.edge(0, "dev-1", 10, Records.unsubscribe(43, ALERTS, "all/+", "never/there"));

    assertEquals(
        Set.of(0, 1, 2),
        fanout.lane(0).stream()
            .map(b -> ((SubscriptionApplied) b).getPart())
            .collect(Collectors.toSet()));
    fanout.cleared(ALERTS, "gone", 0);
    fanout.cleared("all/x", "gone", 0);
    assertEquals(List.of(), fanout.lane(0));
    assertEquals(0, fanout.gauge("subscriptions"));
  }

  @Test
  void requestWithoutFiltersIsAnswered() {
    fanout.connected(0, "dev-1", 10);

    fanout.edge(0, "dev-1", 10, Records.subscribe(44));

    assertEquals(
        new SubscriptionApplied("dev-1", 10L, 44L, 0, 1, 0),
        fanout.only(SubscriptionApplied.class, 0));
  }

  @Test
  void sessionThatGrowsTooLargeIsRefusedMore() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));

    fanout.edge(0, "dev-1", 10, Records.subscribe(45, Records.to("x".repeat(2_000), 0)));
    assertEquals(
        new SubscriptionApplied("dev-1", 10L, 45L, 0, 1, 0x97),
        fanout.only(SubscriptionApplied.class, 0));

    fanout.edge(0, "dev-1", 10, Records.subscribe(46, Records.to(ALERTS, 1)));
    assertEquals(0, fanout.only(SubscriptionApplied.class, 0).getReasonCode());
  }

  @Test
  void subscribingAgainReplacesTheOptions() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 0));

    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.cleared(ALERTS, "x", 1);

    assertEquals(1, fanout.only(Delivery.class, 0).getTargets().getFirst().getQos());
    assertEquals(1, fanout.gauge("subscriptions"));
  }

  @Test
  void subscribingToTheSameAgainIsAnsweredAndWritesNothing() {
    fanout.connected(0, "dev-1", 10, Records.to(ALERTS, 1));
    fanout.edge(0, "dev-1", 11, Records.open(false, 3600));
    fanout.lane(0);
    changes(FanoutTopology.SESSIONS);
    changes(FanoutTopology.EXACT_SUBSCRIPTIONS);

    fanout.edge(0, "dev-1", 11, Records.subscribe(47, Records.to(ALERTS, 1)));

    assertEquals(0, fanout.only(SubscriptionApplied.class, 0).getReasonCode());
    assertEquals(0, changes(FanoutTopology.SESSIONS));
    assertEquals(0, changes(FanoutTopology.EXACT_SUBSCRIPTIONS));
    fanout.edge(0, "dev-1", 11, Records.subscribe(48, Records.to(ALERTS, 2)));
    assertEquals(1, changes(FanoutTopology.SESSIONS));
    assertEquals(1, changes(FanoutTopology.EXACT_SUBSCRIPTIONS));
  }

  /** How many records its changelog got since the last call. */
  private int changes(String store) {
    return fanout
        .driver
        .createOutputTopic(
            "fanout-test-" + store + "-changelog",
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())
        .readRecordsToList()
        .size();
  }

  @Test
  void nextConnectionLearnsWhichPublishesAreNotReleased() {
    fanout.connected(0, "dev-1", 10);
    ExactlyOnce first = new ExactlyOnce(5, 10L, 1L);
    ExactlyOnce second = new ExactlyOnce(6, 10L, 2L);
    fanout.edge(0, "dev-1", 10, new PublishReceived(first));
    fanout.edge(0, "dev-1", 10, new PublishReceived(second));
    fanout.edge(0, "dev-1", 10, new PublishReleased(5));

    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));
    fanout.edge(0, "dev-1", 10, new PublishReleased(6));
    assertEquals(List.of(second), fanout.only(SessionOpened.class, 1).getInbound());

    fanout.edge(2, "dev-1", 12, Records.open(false, 3600));
    assertEquals(List.of(second), fanout.only(SessionOpened.class, 2).getInbound());
    fanout.edge(3, "dev-1", 13, Records.open(true, 3600));
    assertEquals(List.of(), fanout.only(SessionOpened.class, 3).getInbound());
  }

  @Test
  void sessionThatNeverExpiresStays() {
    fanout.connected(0, "dev-1", 10);
    fanout.edge(0, "dev-1", 10, Records.close());

    fanout.advance(Duration.ofDays(365 * 200));

    assertEquals(1, fanout.gauge("sessions"));
  }

  @Test
  void laneThatDoesNotExistIsRejected() {
    fanout.edge(FanoutDriver.LANES, "dev-1", 10, Records.open(false, 0));

    assertEquals(1, fanout.count("events.rejected"));
    assertEquals(0, fanout.gauge("sessions"));
  }
}
