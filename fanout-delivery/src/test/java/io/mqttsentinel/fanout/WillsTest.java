package io.mqttsentinel.fanout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.InspectedMessage;
import io.mqttsentinel.schemas.MessageProperties;
import io.mqttsentinel.schemas.MessageSource;
import io.mqttsentinel.schemas.SessionClose;
import io.mqttsentinel.schemas.SessionOpen;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.Topics;
import io.mqttsentinel.schemas.Will;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WillsTest {

  private final FanoutDriver fanout = new FanoutDriver();

  @AfterEach
  void close() {
    fanout.close();
  }

  @Test
  void willOfALostConnectionIsInspectedLikeAnyMessage() {
    SessionOpen open = open(false, 3600, 0);
    open.setUsername("user");
    open.getWill().getProperties().setContentType("text/plain");
    fanout.edge(2, "dev-1", 10, open);

    fanout.edge(2, "dev-1", 10, Records.close());

    InspectedMessage will = only();
    assertEquals(MessageSource.WILL, will.getSource());
    assertEquals(10, will.getEpoch());
    assertEquals(Long.MAX_VALUE, will.getSequence());
    assertEquals("dev-1", will.getClientId());
    assertEquals("user", will.getUsername());
    assertEquals("edge-2", will.getEdge());
    assertEquals("clients/dev-1/gone", will.getTopic());
    assertEquals("gone", Records.text(will.getPayload()));
    assertEquals(1, will.getQos());
    assertTrue(will.getRetain());
    assertEquals("text/plain", will.getProperties().getContentType());
    assertEquals(fanout.clock.instant(), will.getAcceptedAt());
    assertNull(will.getVerdict());
    assertEquals(1, fanout.gauge("sessions"));
    fanout.advance(Duration.ofHours(2));
    assertEquals(List.of(), wills(), "once");
  }

  @Test
  void disconnectThatDiscardsItLeavesNone() {
    fanout.edge(0, "dev-1", 10, open(false, 3600, 0));

    fanout.edge(
        0,
        "dev-1",
        10,
        SessionClose.newBuilder()
            .setCause(CloseCause.CLIENT_DISCONNECT)
            .setDiscardWill(true)
            .build());

    assertEquals(List.of(), wills());
    fanout.edge(0, "dev-1", 11, Records.open(false, 0));
    fanout.edge(0, "dev-1", 11, Records.close());
    assertEquals(List.of(), wills(), "the next connection had none");
  }

  @Test
  void delayedWillWaits() {
    fanout.edge(0, "dev-1", 10, open(false, 3600, 30));
    fanout.edge(0, "dev-1", 10, Records.close());

    fanout.advance(Duration.ofSeconds(29));
    assertEquals(List.of(), wills());
    fanout.advance(Duration.ofSeconds(2));
    only();
  }

  @Test
  void connectionWithinTheDelayTakesTheWillAway() {
    fanout.edge(0, "dev-1", 10, open(false, 3600, 30));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.advance(Duration.ofSeconds(29));

    fanout.edge(1, "dev-1", 11, Records.open(false, 3600));
    fanout.advance(Duration.ofMinutes(5));

    assertEquals(List.of(), wills());
  }

  @Test
  void connectionAfterTheDelayDoesNotEvenIfTheTimerIsLate() {
    fanout.edge(0, "dev-1", 10, open(false, 3600, 30));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.clock.advance(Duration.ofSeconds(31)); // the driver's clock, and its timers, stand still

    fanout.edge(1, "dev-1", 11, open(false, 3600, 30));

    only();
    assertTrue(fanout.only(SessionOpened.class, 1).getSessionPresent());
  }

  @Test
  void willDoesNotWaitLongerThanItsSession() {
    fanout.edge(0, "dev-1", 10, open(false, 10, 3600));
    fanout.edge(0, "dev-1", 10, Records.close());
    fanout.advance(Duration.ofSeconds(9));
    assertEquals(List.of(), wills());

    fanout.advance(Duration.ofSeconds(3));

    only();
    fanout.advance(Duration.ofSeconds(1));
    assertEquals(0, fanout.gauge("sessions"));
  }

  @Test
  void sessionWithoutExpiryEndsWithItsWill() {
    fanout.edge(0, "dev-1", 10, open(true, 0, 3600));

    fanout.edge(0, "dev-1", 10, Records.close());

    only();
    assertEquals(0, fanout.gauge("sessions"));
  }

  @Test
  void takeoverPublishesAWillWithoutDelayOnly() {
    fanout.edge(0, "dev-1", 10, open(false, 3600, 0));
    fanout.edge(1, "dev-1", 11, open(false, 3600, 30));
    assertEquals(10, only().getEpoch());
    fanout.edge(0, "dev-1", 10, Records.close()); // of the connection that lost the session
    assertEquals(List.of(), wills());

    fanout.edge(2, "dev-1", 12, Records.open(false, 3600));
    fanout.advance(Duration.ofMinutes(5));

    assertEquals(List.of(), wills());
  }

  @Test
  void cleanStartEndsTheSessionAndItsWillDoesNotWait() {
    fanout.edge(0, "dev-1", 10, open(false, 3600, 30));

    fanout.edge(1, "dev-1", 11, Records.open(true, 3600));
    assertEquals(10, only().getEpoch());

    fanout.edge(1, "dev-1", 12, open(false, 3600, 30));
    fanout.edge(1, "dev-1", 12, Records.close());
    fanout.edge(1, "dev-1", 13, Records.open(true, 0));
    assertEquals(12, only().getEpoch());
    assertEquals(1, fanout.gauge("sessions"));
  }

  @Test
  void willIsPartOfTheSessionUntilKafkaHasIt() {
    fanout.edge(0, "dev-1", 10, open(true, 0, 0));

    fanout.pipeOnly(
        Topics.SESSION_EVENTS,
        "dev-1",
        Records.event("dev-1", 10, 0, fanout.clock.instant(), Records.close()));

    only();
    assertTrue(fanout.driver.getKeyValueStore(FanoutTopology.SESSIONS).all().hasNext());
    fanout.driver.advanceWallClockTime(Duration.ofMillis(1));
    assertFalse(fanout.driver.getKeyValueStore(FanoutTopology.SESSIONS).all().hasNext());
  }

  private InspectedMessage only() {
    List<InspectedMessage> wills = wills();
    assertEquals(1, wills.size(), wills::toString);
    return wills.getFirst();
  }

  private List<InspectedMessage> wills() {
    return fanout.read(Topics.MQTT_INBOUND);
  }

  private static SessionOpen open(boolean cleanStart, long expiry, long delay) {
    SessionOpen open = Records.open(cleanStart, expiry);
    open.setWill(
        new Will(
            "clients/dev-1/gone",
            ByteBuffer.wrap("gone".getBytes(StandardCharsets.UTF_8)),
            1,
            true,
            delay,
            MessageProperties.newBuilder().build()));
    return open;
  }
}
