package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.OpenPublishes.Open;
import io.mqttsentinel.edge.OpenPublishes.Stage;
import io.mqttsentinel.schemas.ExactlyOnce;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttPublishMessage;

/**
 * What a client is answered to its PUBLISHes, and its PUBREL. For QoS 2 a packet id is open from
 * PUBLISH to PUBCOMP, over connections (MQTT 5.0, 4.3.3); PUBCOMP goes out when Kafka has the
 * PUBREL.
 */
final class PublishAcks {

  private static final int EXACTLY_ONCE = 2;
  private static final Refusal RELEASED_EARLY =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "pubrel_before_pubrec");

  private final SessionEvents sessions;
  private final EdgeMetrics metrics;
  private final CloseFlow closing;

  PublishAcks(SessionEvents sessions, EdgeMetrics metrics, CloseFlow closing) {
    this.sessions = sessions;
    this.metrics = metrics;
    this.closing = closing;
  }

  /** Whether it needs nothing more than PUBREC, now or when that is due anyway. */
  boolean isRepeated(Connection connection, MqttPublishMessage packet) {
    if (packet.fixedHeader().qosLevel().value() != EXACTLY_ONCE) {
      return false;
    }
    int packetId = packet.variableHeader().packetId();
    Open open = connection.publishes().findOpen(packetId);
    if (open == null || open.stage() == Stage.RESTORED) {
      return false;
    }
    if (open.stage() != Stage.RECEIVED) {
      connection.write(Packets.pubrec(packetId, ReasonCode.SUCCESS, null));
    }
    return true;
  }

  /** The identity that a QoS 2 PUBLISH keeps over connections. */
  ExactlyOnce identity(Connection connection, MqttPublishMessage packet, long sequence) {
    int packetId = packet.variableHeader().packetId();
    Open restored = connection.publishes().findOpen(packetId);
    return restored == null
        ? new ExactlyOnce(packetId, connection.epoch(), sequence)
        : restored.identity();
  }

  /** An acknowledgement is owed for an accepted publish. */
  OwedAcks.Owed expect(
      Connection connection, MqttPublishMessage packet, @Nullable ExactlyOnce identity) {
    PublishState state = connection.publishes();
    int packetId = packet.variableHeader().packetId();
    state.useQuota();
    if (identity != null) {
      Open open = state.findOpen(packetId);
      if (open == null) {
        open = state.open().add(packetId, identity);
      } else {
        open.stage(Stage.RECEIVED);
      }
      open.count();
    }
    return state.owedAcks().expect(packetId, identity != null);
  }

  void accepted(Connection connection, OwedAcks.Owed owed) {
    settle(connection, owed, new Refusal(ReasonCode.SUCCESS, ""));
  }

  /** With QoS 2, an MQTT 3.1.1 client goes through all of it, for a message that nobody gets. */
  void refuse(Connection connection, MqttPublishMessage packet, Refusal refusal) {
    int qos = packet.fixedHeader().qosLevel().value();
    if (qos == 0) {
      return;
    }
    PublishState state = connection.publishes();
    int packetId = packet.variableHeader().packetId();
    state.useQuota();
    if (qos == EXACTLY_ONCE) {
      Open open = state.findOpen(packetId);
      if (open == null) {
        open = state.open().add(packetId, null);
      } else {
        open.stage(Stage.RECEIVED);
      }
      open.count();
    }
    OwedAcks.Owed owed = state.owedAcks().expect(packetId, qos == EXACTLY_ONCE);
    settle(connection, owed, refusal);
  }

  private void settle(Connection connection, OwedAcks.Owed owed, Refusal outcome) {
    String reason =
        outcome.reasonCode() == ReasonCode.SUCCESS
            ? null
            : Reasons.of(connection.client(), outcome);
    connection
        .publishes()
        .owedAcks()
        .settle(owed, outcome.reasonCode(), reason, due -> write(connection, due));
  }

  private void write(Connection connection, OwedAcks.Owed due) {
    if (connection.isOver()) {
      return;
    }
    PublishState state = connection.publishes();
    if (!due.isExactlyOnce()) {
      state.freeQuota();
      connection.write(Packets.puback(due.packetId(), due.reasonCode(), due.reason()));
      return;
    }
    boolean refused = due.reasonCode() >= ReasonCode.UNSPECIFIED && connection.speaksMqtt5();
    Open open = state.findOpen(due.packetId());
    if (!refused) {
      open.stage(Stage.ACKNOWLEDGED);
    } else {
      state.freeQuota();
      state.open().remove(due.packetId());
      if (open.identity() != null) { // of an earlier connection: its owner forgets it too
        release(connection, due.packetId(), () -> {});
      }
    }
    connection.write(Packets.pubrec(due.packetId(), due.reasonCode(), due.reason()));
  }

  boolean pubrel(Connection connection, MqttMessage packet) {
    int packetId = Packets.packetId(packet);
    Open open = connection.publishes().findOpen(packetId);
    if (open == null) {
      metrics.refused("pubrel_unknown");
      connection.write(Packets.pubcomp(packetId, ReasonCode.PACKET_ID_NOT_FOUND));
      return true;
    }
    switch (open.stage()) {
      case RECEIVED -> closing.violated(connection, RELEASED_EARLY);
      case RELEASED -> {} // PUBCOMP is under way
      case ACKNOWLEDGED, RESTORED -> {
        open.stage(Stage.RELEASED);
        if (open.identity() == null || connection.client().isTransient()) {
          completed(connection, packetId, open);
        } else {
          release(connection, packetId, () -> completed(connection, packetId, open));
        }
      }
    }
    return true;
  }

  /** Bounded by the packet ids that are open. */
  private void release(Connection connection, int packetId, Runnable released) {
    sessions.publishReleased(
        connection,
        packetId,
        failure ->
            connection.execute(
                () -> {
                  if (failure != null) {
                    closing.close(connection, Closure.UPLINK_FAILED);
                  } else if (!connection.isOver()) {
                    released.run();
                  }
                }));
  }

  private static void completed(Connection connection, int packetId, Open open) {
    connection.publishes().open().remove(packetId);
    if (open.isCounted()) {
      connection.publishes().freeQuota();
    }
    connection.write(Packets.pubcomp(packetId, ReasonCode.SUCCESS));
  }
}
