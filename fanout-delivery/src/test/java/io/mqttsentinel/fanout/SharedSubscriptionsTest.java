package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.Delivery;
import io.mqttsentinel.schemas.HandOn;
import io.mqttsentinel.schemas.RouteTarget;
import io.mqttsentinel.schemas.RoutedMessage;
import io.mqttsentinel.schemas.Topics;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedSubscriptionsTest {

  private final FanoutDriver fanout = new FanoutDriver();

  @AfterEach
  void close() {
    fanout.close();
  }

  @Test
  void membersOnAllEdgesTakeTurns() {
    for (int i = 0; i < 3; i++) {
      fanout.connected(i, "dev-" + i, 10, Records.to("$share/g/jobs/+", 0));
    }
    for (int n = 0; n < 9; n++) {
      fanout.cleared("jobs/" + n, "" + n, 1);
    }

    for (int lane = 0; lane < 3; lane++) {
      assertEquals(3, fanout.payloads(lane).size(), "lane " + lane);
    }
  }

  @Test
  void everyGroupGetsEveryMessageAndSoDoWhoSubscribedAlone() {
    fanout.connected(0, "dev-0", 10, Records.to("$share/g/jobs", 0));
    fanout.connected(1, "dev-1", 10, Records.to("$share/h/jobs", 0));
    fanout.connected(2, "dev-2", 10, Records.to("jobs", 0));

    fanout.cleared("jobs", "x", 0);
    fanout.cleared("$share/g/jobs", "nobody's", 0);

    for (int lane = 0; lane < 3; lane++) {
      assertEquals(List.of("x"), fanout.payloads(lane), "lane " + lane);
    }
  }

  @Test
  void connectedMembersGoFirst() {
    fanout.connected(0, "dev-0", 10, Records.to("$share/g/jobs", 1));
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs", 1));
    fanout.edge(0, "dev-0", 10, Records.close());
    fanout.cleared("jobs", "1", 1);
    fanout.cleared("jobs", "2", 1);
    assertEquals(List.of("1", "2"), fanout.payloads(1));

    fanout.edge(1, "dev-1", 10, Records.close());
    fanout.cleared("jobs", "3", 1);
    fanout.edge(0, "dev-0", 11, Records.open(false, 3600));
    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));
    int waited = deliveries(0) + deliveries(1) - 2; // "1" and "2" come to dev-1 once more
    assertEquals(1, waited, "kept for one of them");

    fanout.cleared("jobs", "4", 1);
    fanout.cleared("jobs", "5", 1);
    assertEquals(1, fanout.payloads(0).size());
    assertEquals(1, fanout.payloads(1).size());
  }

  @Test
  void qosTwoIsSharedOut() {
    fanout.connected(0, "dev-0", 10, Records.to("$share/g/jobs", 0));
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs", 0));
    for (int n = 0; n < 40; n++) {
      fanout.cleared("jobs", "" + n, 2);
    }
    int first = fanout.payloads(0).size();
    int second = fanout.payloads(1).size();
    assertEquals(40, first + second);
    assertTrue(first > 8 && second > 8, first + " and " + second);
  }

  @Test
  void memberThatUnsubscribesOrEndsGetsNothingMore() {
    fanout.connected(0, "dev-0", 10, Records.to("$share/g/jobs/#", 0));
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs/#", 0));
    fanout.edge(0, "dev-0", 10, Records.unsubscribe(5, "$share/g/jobs/#"));
    fanout.lane(0);
    fanout.cleared("jobs/1", "1", 0);
    fanout.cleared("jobs/2", "2", 0);
    assertEquals(List.of("1", "2"), fanout.payloads(1));
    fanout.edge(1, "dev-1", 11, Records.open(true, 0));
    fanout.lane(1);

    fanout.cleared("jobs/3", "3", 0);

    assertEquals(List.of(), fanout.lane(0));
    assertEquals(List.of(), fanout.lane(1));
    assertEquals(1, fanout.count("unrouted"));
  }

  @Test
  void whatAnEndedSessionDidNotAcknowledgeGoesToAnotherMember() {
    fanout.edge(0, "dev-0", 10, Records.open(true, 0));
    fanout.edge(0, "dev-0", 10, Records.subscribe(1, Records.to("$share/g/jobs/+", 1)));
    fanout.lane(0);
    fanout.cleared("jobs/1", "1", 1);
    fanout.cleared("jobs/2", "2", 1);
    fanout.cleared("jobs/3", "3", 1);
    assertEquals(List.of("1", "2", "3"), fanout.payloads(0));
    fanout.acknowledge(0, "dev-0", 10, 2L);
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs/+", 1));

    fanout.edge(0, "dev-0", 10, Records.close());

    assertEquals(List.of("1", "3"), fanout.payloads(1));
    assertEquals(2, fanout.count("handed.on"));
  }

  @Test
  void cleanStartHandsOnWhatTheEarlierSessionKept() {
    fanout.connected(0, "dev-0", 10, Records.to("$share/g/jobs", 1));
    fanout.edge(0, "dev-0", 10, Records.close());
    fanout.cleared("jobs", "kept", 1);
    fanout.edge(0, "dev-0", 11, Records.open(true, 0));
    fanout.edge(0, "dev-0", 11, Records.subscribe(1, Records.to("$share/g/jobs", 1)));
    fanout.lane(0);
    fanout.cleared("jobs", "lost with nobody else there", 1);
    assertEquals(1, fanout.payloads(0).size());

    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs", 1));
    fanout.edge(0, "dev-0", 12, Records.open(true, 0));

    assertEquals(List.of("lost with nobody else there"), fanout.payloads(1));
  }

  @Test
  void whatIsNotSharedEndsWithItsSession() {
    fanout.edge(0, "dev-0", 10, Records.open(true, 0));
    fanout.edge(0, "dev-0", 10, Records.subscribe(1, Records.to("jobs", 1)));
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs/#", 1));
    fanout.lane(0);
    fanout.cleared("jobs", "x", 1);
    assertEquals(1, fanout.payloads(1).size());

    fanout.edge(0, "dev-0", 10, Records.close());

    assertEquals(List.of(), fanout.payloads(1));
  }

  @Test
  void ofQosTwoOnlyWhatWasNeverOutIsHandedOn() {
    fanout.edge(0, "dev-0", 10, Records.open(true, 0));
    fanout.edge(0, "dev-0", 10, Records.subscribe(1, Records.to("$share/g/jobs", 2)));
    fanout.lane(0);
    for (int n = 1; n <= 5; n++) { // the window is of 4
      fanout.cleared("jobs", "" + n, 2);
    }
    int out = fanout.payloads(0).size();
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs", 2));

    fanout.edge(0, "dev-0", 10, Records.close());

    assertTrue(out < 5, out + " were out");
    assertEquals(5 - out, fanout.payloads(1).size());
  }

  @Test
  void whatComesAfterItsSessionEndedIsHandedOnWithQosTwoToo() {
    fanout.edge(0, "dev-0", 10, Records.open(true, 0));
    fanout.edge(0, "dev-0", 10, Records.subscribe(1, Records.to("$share/g/jobs", 2)));
    fanout.lane(0);
    RoutedMessage had = routedToFirst("had", 5);
    fanout.pipe(Topics.SESSION_DELIVERIES, "dev-0", had);
    assertEquals(List.of("had"), fanout.payloads(0));
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs", 2));
    fanout.edge(0, "dev-0", 10, Records.close());

    fanout.pipe(Topics.SESSION_DELIVERIES, "dev-0", routedToFirst("late", 6));

    assertEquals(List.of("late"), fanout.payloads(1));
  }

  @Test
  void ofSessionsThatNobodyKnowsQosTwoIsNotHandedOn() {
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs", 2));
    fanout.pipe(Topics.SESSION_DELIVERIES, "dev-0", routedToFirst("had before a crash?", 6));
    assertEquals(List.of(), fanout.payloads(1));
    assertEquals(1, fanout.count("without.session"));
  }

  /** What the router of another partition found for the first member. */
  private RoutedMessage routedToFirst(String payload, long offset) {
    RouteTarget target =
        new RouteTarget("dev-0", 2, false, List.of(), 10L, List.of("$share/g/jobs"), 0);
    return new RoutedMessage(
        Router.content(fanout.message("jobs", payload, 2)),
        List.of(target),
        1,
        offset,
        0,
        false,
        null);
  }

  @Test
  void handedOnTwiceIsDeliveredOnce() {
    fanout.connected(1, "dev-1", 10, Records.to("$share/g/jobs", 1));
    RoutedMessage left =
        RoutedMessage.newBuilder()
            .setMessage(Router.content(fanout.message("jobs", "x", 1)))
            .setHandOn(new HandOn("$share/g/jobs", "dev-0", 10L, 1))
            .build();

    fanout.pipe(Topics.SESSION_DELIVERIES, "jobs", left);
    fanout.pipe(Topics.SESSION_DELIVERIES, "jobs", left);

    assertEquals(List.of("x"), fanout.payloads(1));
  }

  private int deliveries(int lane) {
    return (int) fanout.lane(lane).stream().filter(Delivery.class::isInstance).count();
  }
}
