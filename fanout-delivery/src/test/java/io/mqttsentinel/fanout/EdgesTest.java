package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.EdgeEvent;
import io.mqttsentinel.schemas.EdgeEventType;
import io.mqttsentinel.schemas.Epoch;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionEvent;
import io.mqttsentinel.schemas.SessionFenced;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.Topics;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two edges with a client each; the patience is 5 seconds: {@link Records#config}. */
class EdgesTest {

  private final FanoutDriver fanout = new FanoutDriver();

  @BeforeEach
  void edges() {
    sign(0, 5, EdgeEventType.STARTED);
    sign(1, 6, EdgeEventType.STARTED);
    seconds(1);
    fanout.connected(0, "dev-0", 10);
    fanout.connected(1, "dev-1", 11);
    fanout.read(Topics.SESSION_EVENTS);
  }

  @AfterEach
  void close() {
    fanout.close();
  }

  @Test
  void edgeWithoutHeartbeatLosesItsConnections() {
    for (int i = 0; i < 8; i++) {
      sign(1, 6, EdgeEventType.HEARTBEAT);
      seconds(1);
    }

    assertEquals(1, fanout.gauge("sessions.connected"));
    assertEquals(1, fanout.count("edges.lost"));
    assertEquals(new SessionFenced("dev-0", 10L, 0x8B), fanout.only(SessionFenced.class, 0));
    assertEquals(List.of(), fanout.lane(1));
    SessionEvent close = closes().getFirst();
    assertEquals("dev-0", close.getClientId());
    assertEquals(10, close.getEpoch());
    assertEquals(CloseCause.EDGE_LOST, ((SessionClose) close.getBody()).getCause());
    assertFalse(((SessionClose) close.getBody()).getDiscardWill());
  }

  @Test
  void patienceIsNotShorterThanConfigured() {
    for (int i = 0; i < 5; i++) {
      sign(1, 6, EdgeEventType.HEARTBEAT);
      seconds(1);
    }

    assertEquals(2, fanout.gauge("sessions.connected"));
  }

  @Test
  void timeInWhichNothingIsReadDoesNotCount() {
    fanout.clock.advance(Duration.ofHours(1)); // this instance stood still, or Kafka did
    fanout.driver.advanceWallClockTime(Duration.ofSeconds(1));
    sign(0, 5, EdgeEventType.HEARTBEAT);
    sign(1, 6, EdgeEventType.HEARTBEAT);
    seconds(1);

    assertEquals(2, fanout.gauge("sessions.connected"));
  }

  @Test
  void newBootClosesWhatTheEarlierLifeLeft() {
    sign(0, 20, EdgeEventType.STARTED);
    fanout.edge(0, "dev-2", 21, open());
    seconds(1);

    assertEquals(2, fanout.gauge("sessions.connected"), "dev-1 and dev-2");
    assertEquals(List.of("dev-0"), closes().stream().map(SessionEvent::getClientId).toList());
  }

  @Test
  void heartbeatOfALifeThatIsOverSaysNothing() {
    sign(0, 20, EdgeEventType.STARTED);
    seconds(1);
    fanout.edge(0, "dev-2", 21, open());

    sign(0, 5, EdgeEventType.HEARTBEAT);
    seconds(1);

    assertEquals(2, fanout.gauge("sessions.connected"), "dev-1 and dev-2");
  }

  @Test
  void stoppedEdgeIsNotWaitedFor() {
    sign(0, 5, EdgeEventType.STOPPED);
    seconds(1);

    assertEquals(1, fanout.gauge("sessions.connected"));
    assertEquals(0, fanout.count("edges.lost"));
  }

  @Test
  void endOfALifeThatIsReadLateLeavesTheNextOneAlone() {
    EdgeEvent stopped = event(0, 5, EdgeEventType.STOPPED);
    fanout.clock.advance(Duration.ofMillis(1));
    fanout.edge(0, "dev-2", Epoch.of(Epoch.ticks(fanout.clock.instant()), 0), open());

    fanout.pipe(Topics.EDGE_EVENTS, "edge-0", stopped);
    seconds(1);

    assertEquals(2, fanout.gauge("sessions.connected"), "dev-1 and dev-2");
    assertEquals(List.of("dev-0"), closes().stream().map(SessionEvent::getClientId).toList());
  }

  @Test
  void lostEdgeLosesWhatItOpenedLast() {
    for (int i = 0; i < 8; i++) {
      sign(1, 6, EdgeEventType.HEARTBEAT);
      seconds(1);
      if (i == 1) {
        fanout.edge(0, "dev-2", Epoch.of(Epoch.ticks(fanout.clock.instant()), 0), open());
      }
    }

    assertEquals(1, fanout.gauge("sessions.connected"), "dev-1");
  }

  @Test
  void manyConnectionsAreClosedInSlices() {
    for (int i = 0; i < 1_200; i++) {
      fanout.edge(0, "many-" + i, 12, open());
    }
    assertEquals(1_202, fanout.gauge("sessions.connected"));
    fanout.pipeOnly(Topics.EDGE_EVENTS, "edge-0", event(0, 5, EdgeEventType.STOPPED));
    fanout.driver.advanceWallClockTime(Duration.ofMillis(20));
    double left = fanout.gauge("sessions.connected");
    assertTrue(left >= 702 && left < 1_202, left + " after one slice");

    seconds(1);

    assertEquals(1, fanout.gauge("sessions.connected"));
    assertFalse(fanout.driver.getKeyValueStore(FanoutTopology.EDGES_OVER).all().hasNext());
  }

  private void sign(int lane, long bootId, EdgeEventType type) {
    fanout.pipe(Topics.EDGE_EVENTS, "edge-" + lane, event(lane, bootId, type));
  }

  private EdgeEvent event(int lane, long bootId, EdgeEventType type) {
    return EdgeEvent.newBuilder()
        .setAt(fanout.clock.instant())
        .setRegion(Records.REGION)
        .setEdge("edge-" + lane)
        .setLane(lane)
        .setBootId(bootId)
        .setType(type)
        .build();
  }

  private static SessionOpen open() {
    return Records.open(false, 3600);
  }

  private void seconds(int seconds) {
    for (int i = 0; i < 50 * seconds; i++) {
      fanout.advance(Duration.ofMillis(20));
    }
  }

  private List<SessionEvent> closes() {
    return fanout.read(Topics.SESSION_EVENTS).stream()
        .filter(event -> event.getBody() instanceof SessionClose)
        .toList();
  }
}
