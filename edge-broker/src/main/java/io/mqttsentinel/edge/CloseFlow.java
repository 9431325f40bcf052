package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttReasonCodeAndPropertiesVariableHeader;
import java.time.Duration;

/** Every way in which a connection is ended; {@link EndFlow} is what happens then. */
final class CloseFlow {

  /** For a peer that does not read our last words, or does not close after them. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private final EdgeEvents events;
  private final EdgeMetrics metrics;
  private final long mostExpirySeconds;

  CloseFlow(EdgeEvents events, EdgeMetrics metrics, Duration maxSessionExpiry) {
    this.mostExpirySeconds = maxSessionExpiry.toSeconds();
    this.events = events;
    this.metrics = metrics;
  }

  /** The client broke a rule of the protocol. */
  void violated(Connection connection, Refusal refusal) {
    if (connection.isOver()) {
      return;
    }
    metrics.refused(refusal.cause());
    events.violation(connection, refusal.cause());
    switch (connection.state()) {
      case CONNECTED -> close(connection, Closure.violation(refusal));
      default -> refuse(connection, refusal, Closure.violation(refusal));
    }
  }

  /** As above, below MQTT: there is nothing left to answer in. */
  void broken(Connection connection, Refusal refusal) {
    if (connection.isOver()) {
      connection.closeSocket();
      return;
    }
    metrics.refused(refusal.cause());
    events.violation(connection, refusal.cause());
    finish(connection, Closure.violation(refusal), null);
  }

  /** Nobody is to look at what this connection says. */
  void turnAway(Connection connection, Closure reason) {
    metrics.refused(reason.word());
    events.turnedAway(connection, reason.word());
    close(connection, reason);
  }

  /** The same after CONNECT, which is answered. */
  void turnAway(Connection connection, Refusal refusal) {
    metrics.refused(refusal.cause());
    events.turnedAway(connection, refusal.cause());
    refuse(connection, refusal, Closure.violation(refusal));
  }

  /** CONNECT is answered with a refusal that analysts read of. */
  void reject(Connection connection, Refusal refusal) {
    reject(connection, refusal, Closure.violation(refusal));
  }

  void reject(Connection connection, Refusal refusal, Closure closure) {
    metrics.refused(refusal.cause());
    events.connectionRefused(connection, refusal.cause());
    refuse(connection, refusal, closure);
  }

  /** CONNECT is answered with a refusal, where the client's protocol has one for it. */
  void refuse(Connection connection, Refusal refusal, Closure closure) {
    if (connection.isOver()) {
      return;
    }
    metrics.connect(refusal.cause());
    int code = connackCode(connection, refusal);
    if (code == ReasonCode.NO_RETURN_CODE) {
      finish(connection, closure, null);
    } else {
      String reason = Reasons.ofLast(connection.client(), refusal);
      finish(connection, closure, Packets.connack(code, reason));
    }
  }

  private static int connackCode(Connection connection, Refusal refusal) {
    boolean version5 =
        connection.client() == null
            ? MqttVersions.isMqtt5(connection.context().channel())
            : connection.speaksMqtt5();
    // Nobody gets a CONNACK who sent no CONNECT.
    boolean silent =
        connection.client() == null
            && !MqttVersions.isKnown(connection.context().channel())
            && refusal.reasonCode() != ReasonCode.UNSUPPORTED_VERSION;
    if (silent) {
      return ReasonCode.NO_RETURN_CODE;
    }
    return version5 ? refusal.reasonCode() : ReasonCode.mqtt3ReturnCode(refusal.reasonCode());
  }

  /** Ends a connection from this side; an MQTT 5 client is told why. */
  void close(Connection connection, Closure closure) {
    close(connection, closure, null);
  }

  /** The same, with where to go instead. */
  void close(Connection connection, Closure closure, @Nullable String serverReference) {
    if (connection.isOver()) {
      return;
    }
    boolean tell =
        connection.state() == Connection.State.CONNECTED
            && connection.speaksMqtt5()
            && connection.isWritable();
    finish(connection, closure, tell ? lastWords(connection, closure, serverReference) : null);
  }

  private static MqttMessage lastWords(
      Connection connection, Closure closure, @Nullable String serverReference) {
    Refusal refusal = new Refusal(closure.reasonCode(), closure.word());
    return Packets.disconnect(
        closure.reasonCode(), Reasons.ofLast(connection.client(), refusal), serverReference);
  }

  private static void finish(Connection connection, Closure closure, MqttMessage lastWords) {
    connection.state(Connection.State.CLOSING);
    connection.closure(closure);
    connection.timers().cancel();
    if (lastWords == null) {
      connection.closeSocket();
      return;
    }
    connection.closeSocketAfter(lastWords);
    connection.timers().deadline(LAST_WORDS, connection::closeSocket);
  }

  /** The client's DISCONNECT. */
  boolean disconnect(Connection connection, MqttMessage packet) {
    int reasonCode = ReasonCode.SUCCESS;
    Long expiry = null;
    if (packet.variableHeader() instanceof MqttReasonCodeAndPropertiesVariableHeader header
        && connection.speaksMqtt5()) {
      reasonCode = Byte.toUnsignedInt(header.reasonCode());
      expiry = MqttFields.unsigned(header.properties(), MqttProperties.SESSION_EXPIRY_INTERVAL);
    }
    boolean revived =
        expiry != null && expiry > 0 && connection.client().sessionExpirySeconds() == 0;
    if (revived) {
      violated(connection, new Refusal(ReasonCode.PROTOCOL_ERROR, "session_expiry_revived"));
      return true;
    }
    Long kept = expiry == null ? null : Long.valueOf(Math.min(expiry, mostExpirySeconds));
    finish(connection, Closure.byClient(reasonCode, kept), null);
    return true;
  }

  /** The owner of sessions gave the session to another connection. */
  void fenced(Connection connection, int reasonCode) {
    close(connection, Closure.fenced(reasonCode));
  }
}
