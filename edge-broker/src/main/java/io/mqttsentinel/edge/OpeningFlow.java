package io.mqttsentinel.edge;

import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.SessionOpened;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import java.time.Clock;
import java.time.Duration;

/**
 * From the permission to CONNACK: the session's owner, Moquette. Nothing is answered by guess: who
 * does not answer in time makes a refusal.
 */
final class OpeningFlow {

  private static final Refusal NOT_IN_TIME =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "session_timeout");
  private static final Refusal CROWDED = new Refusal(ReasonCode.SERVER_BUSY, "opening_crowded");
  private static final Refusal NOT_BY_MOQUETTE =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "moquette_refused");

  private final OpeningGate gate;
  private final Epochs epochs;
  private final Connections connections;
  private final SessionEvents sessions;
  private final CloseFlow closing;
  private final Access access;
  private final Audit audit;
  private final EdgeMetrics metrics;
  private final EdgeConfig config;
  private final Clock clock;

  OpeningFlow(
      OpeningGate gate,
      Epochs epochs,
      Connections connections,
      SessionEvents sessions,
      CloseFlow closing,
      Access access,
      Audit audit,
      EdgeMetrics metrics,
      EdgeConfig config,
      Clock clock) {
    this.gate = gate;
    this.epochs = epochs;
    this.connections = connections;
    this.sessions = sessions;
    this.closing = closing;
    this.access = access;
    this.audit = audit;
    this.metrics = metrics;
    this.config = config;
    this.clock = clock;
  }

  /** The client may come in. Its turn comes at once, unless a whole fleet comes. */
  void enter(Connection connection, Grant grant) {
    OpeningGate.Entrant entrant =
        new OpeningGate.Entrant(() -> connection.run(() -> open(connection, grant)));
    connection.entrant(entrant);
    switch (gate.enter(entrant)) {
      case OPENS -> {}
      case WAITS ->
          connection.timers().deadline(gate.patience(), () -> closing.reject(connection, CROWDED));
      case FULL -> closing.reject(connection, CROWDED);
    }
  }

  private void open(Connection connection, Grant grant) {
    if (connection.state() != Connection.State.AUTHENTICATING) {
      return; // it went away meanwhile
    }
    ConnectRequest request = connection.progress().request();
    connection.opened(epochs.next(), grant);
    connection.state(Connection.State.OPENING);
    connections.opened(connection);
    connection.timers().deadline(config.sessionTimeout(), () -> notInTime(connection));
    sessions.open(connection, request, failure -> sessionRecorded(connection, failure));
    if (request.isTransient()) {
      // Nobody waits for the owner's answer; others must not wait for it forever.
      OpeningGate.Entrant entrant = connection.entrant();
      connection.timers().later(config.sessionTimeout(), () -> gate.left(entrant));
      accept(connection, false);
    }
  }

  private void sessionRecorded(Connection connection, Exception failure) {
    if (failure != null) {
      connection.execute(() -> closing.close(connection, Closure.UPLINK_FAILED));
    }
  }

  private void notInTime(Connection connection) {
    closing.reject(
        connection,
        NOT_IN_TIME,
        Closure.of(CloseCause.KICKED, ReasonCode.SERVER_UNAVAILABLE, NOT_IN_TIME.cause()));
  }

  /** The owner of the session answered. */
  void sessionOpened(Connection connection, SessionOpened opened) {
    if (connection.entrant() != null) {
      gate.answered(connection.entrant());
      connection.entrant(null);
    }
    ConnectProgress progress = connection.progress();
    boolean awaited =
        connection.state() == Connection.State.OPENING
            && progress != null
            && !progress.isHandedToMoquette();
    if (!awaited) {
      return; // a transient session was not waited for, or the client is gone
    }
    opened
        .getSubscriptions()
        .forEach(stored -> connection.subscriptions().add(stored.getTopicFilter()));
    if (!opened.getInbound().isEmpty()) {
      connection.publishes().restore(opened.getInbound());
    }
    accept(connection, opened.getSessionPresent());
  }

  private void accept(Connection connection, boolean sessionPresent) {
    connection.progress().handedToMoquette(sessionPresent);
    connection
        .context()
        .fireChannelRead(
            Packets.connectForMoquette(
                moquetteId(connection.epoch()), connection.client().keepAliveSeconds()));
  }

  /** Its session registry never sees a takeover, because no two connections share an epoch. */
  static String moquetteId(long epoch) {
    return "epoch-" + Long.toString(epoch, Character.MAX_RADIX);
  }

  /** Moquette's CONNACK is on its way out: the client gets ours. */
  void answered(Connection connection, MqttConnAckMessage moquettes) {
    if (connection.state() != Connection.State.OPENING) {
      return;
    }
    ConnectProgress progress = connection.progress();
    if (moquettes.variableHeader().connectReturnCode()
        != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
      closing.reject(connection, NOT_BY_MOQUETTE);
      return;
    }
    connection.timers().cancelDeadline();
    connection.progress(null);
    connection.state(Connection.State.CONNECTED);
    connection.write(ConnAcks.accepted(progress, config));
    metrics.connect("accepted");
    access.connected(connection);
    audit.connected(connection, progress.authenticator(), progress.elapsed(System.nanoTime()));
    expireWithGrant(connection);
    connection.execute(connection.inbox()::resume);
  }

  private void expireWithGrant(Connection connection) {
    if (connection.grant().expiresAt() != null) {
      Duration left = Duration.between(clock.instant(), connection.grant().expiresAt());
      connection
          .timers()
          .grantExpiry(
              left.isNegative() ? Duration.ZERO : left,
              () -> closing.close(connection, Closure.GRANT_EXPIRED));
    }
  }
}
