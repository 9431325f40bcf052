package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.DeliveryWindow.Out;
import io.mqttsentinel.edge.DeliveryWindow.Stage;
import io.mqttsentinel.schemas.DeliveryOutcome;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import java.util.List;

/**
 * What a client says to its deliveries: PUBACK, PUBREC, PUBCOMP. PUBREL goes out when Kafka has the
 * PUBREC, because after it the client takes the packet id for another message (MQTT 5.0, 4.3.3).
 */
final class DeliveryAckFlow {

  private static final Refusal OUT_OF_TURN =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "acknowledgement_out_of_turn");

  private final DeliveryFlow deliveries;
  private final DeliveryReports reports;
  private final SessionEvents sessions;
  private final EdgeMetrics metrics;
  private final CloseFlow closing;

  DeliveryAckFlow(
      DeliveryFlow deliveries,
      DeliveryReports reports,
      SessionEvents sessions,
      EdgeMetrics metrics,
      CloseFlow closing) {
    this.deliveries = deliveries;
    this.reports = reports;
    this.sessions = sessions;
    this.metrics = metrics;
    this.closing = closing;
  }

  boolean puback(Connection connection, MqttMessage packet) {
    Out out = find(connection, packet);
    if (out == null) {
      metrics.refused("puback_unknown");
      return true;
    }
    if (out.stage() != Stage.PUBACK) {
      return outOfTurn(connection);
    }
    finish(connection, out, Packets.reasonCode(packet));
    return true;
  }

  boolean pubrec(Connection connection, MqttMessage packet) {
    Out out = find(connection, packet);
    int reasonCode = Packets.reasonCode(packet);
    boolean failed = reasonCode >= ReasonCode.UNSPECIFIED;
    if (out == null) {
      metrics.refused("pubrec_unknown");
      if (!failed) {
        connection.write(Packets.pubrel(Packets.packetId(packet), ReasonCode.PACKET_ID_NOT_FOUND));
      }
      return true;
    }
    if (out.stage() == Stage.PUBACK) {
      return outOfTurn(connection);
    }
    if (out.stage() == Stage.PUBCOMP) {
      connection.write(Packets.pubrel(out.packetId(), ReasonCode.SUCCESS)); // it said so twice
    } else if (out.stage() == Stage.PUBREC && failed) {
      finish(connection, out, reasonCode);
    } else if (out.stage() == Stage.PUBREC) {
      received(connection, out);
    }
    return true;
  }

  boolean pubcomp(Connection connection, MqttMessage packet) {
    Out out = find(connection, packet);
    if (out == null) {
      metrics.refused("pubcomp_unknown");
      return true;
    }
    if (out.stage() != Stage.PUBCOMP) {
      return outOfTurn(connection);
    }
    finish(connection, out, ReasonCode.SUCCESS); // whatever its reason, this is its end
    return true;
  }

  /** Not what this delivery waits for (MQTT-4.13.1-1; of 3.1.1: MQTT-4.8.0-1). */
  private boolean outOfTurn(Connection connection) {
    closing.violated(connection, OUT_OF_TURN);
    return true;
  }

  private void received(Connection connection, Out out) {
    out.stage(Stage.RECORDING);
    if (connection.client().isTransient()) {
      released(connection, List.of(out)); // no other connection will ever ask
    } else if (connection.deliveries().received(out)) {
      connection.execute(() -> record(connection)); // all that came in one read together
    }
  }

  private void record(Connection connection) {
    List<Out> received = connection.deliveries().takeReceived();
    if (received == null || connection.isOver()) {
      return; // PUBREL never went out, so the owner repeats PUBLISH
    }
    sessions.deliveryReceived(
        connection,
        received.stream().map(Out::deliveryId).toList(),
        failure -> connection.execute(() -> recorded(connection, received, failure)));
  }

  private void recorded(Connection connection, List<Out> received, @Nullable Exception failure) {
    if (failure != null) {
      closing.close(connection, Closure.UPLINK_FAILED);
    } else if (!connection.isOver()) {
      released(connection, received);
    }
  }

  private static void released(Connection connection, List<Out> received) {
    for (Out out : received) {
      out.stage(Stage.PUBCOMP);
      connection.write(Packets.pubrel(out.packetId(), ReasonCode.SUCCESS));
    }
  }

  private void finish(Connection connection, Out out, int reasonCode) {
    connection.deliveries().window().finish(out);
    if (reasonCode >= ReasonCode.UNSPECIFIED) {
      reports.gaveUp(connection, out.deliveryId(), DeliveryOutcome.REFUSED, reasonCode);
    } else {
      reports.acknowledged(connection, out.deliveryId());
    }
    deliveries.resume(connection);
  }

  @Nullable
  private static Out find(Connection connection, MqttMessage packet) {
    if (!connection.hasDeliveries()) {
      return null;
    }
    int packetId = ((MqttMessageIdVariableHeader) packet.variableHeader()).messageId();
    return connection.deliveries().window().find(packetId);
  }
}
