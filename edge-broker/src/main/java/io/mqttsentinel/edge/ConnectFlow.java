package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.edge.CheckedConnect.Refused;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.SessionOpened;
import io.mqttsentinel.schemas.Will;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import java.time.Clock;
import java.time.Duration;

/**
 * From CONNECT to CONNACK: protocol rules, authentication, the session's owner, Moquette. Nothing
 * is answered by guess: who does not answer in time makes a refusal.
 */
final class ConnectFlow {

  private static final Refusal NOT_IN_TIME =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "session_timeout");
  private static final Refusal NO_UPLINK =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "uplink_full");
  private static final Refusal WILL_DENIED =
      new Refusal(ReasonCode.NOT_AUTHORIZED, "will_topic_denied");
  private static final Refusal WILL_UNANSWERED =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "topic_backend_failed");
  private static final Refusal BANNED = new Refusal(ReasonCode.BANNED, "banned");
  private static final Refusal CROWDED = new Refusal(ReasonCode.SERVER_BUSY, "opening_crowded");
  private static final Refusal NO_CONNECT =
      new Refusal(ReasonCode.PROTOCOL_ERROR, "connect_timeout");

  private final ConnectCheck check;
  private final Authentication authentication;
  private final Epochs epochs;
  private final Connections connections;
  private final SessionEvents sessions;
  private final Uplink uplink;
  private final CloseFlow closing;
  private final Audit audit;
  private final EdgeEvents events;
  private final EdgeMetrics metrics;
  private final EdgeConfig config;
  private final Clock clock;
  private final Access access;
  private final OpeningGate gate;
  private final Duration patience;

  ConnectFlow(
      ConnectCheck check,
      Authentication authentication,
      Epochs epochs,
      Connections connections,
      SessionEvents sessions,
      Uplink uplink,
      CloseFlow closing,
      Audit audit,
      EdgeEvents events,
      EdgeMetrics metrics,
      EdgeConfig config,
      Clock clock,
      Access access,
      OpeningGate gate,
      Duration patience) {
    this.check = check;
    this.authentication = authentication;
    this.epochs = epochs;
    this.connections = connections;
    this.sessions = sessions;
    this.uplink = uplink;
    this.closing = closing;
    this.audit = audit;
    this.events = events;
    this.metrics = metrics;
    this.config = config;
    this.clock = clock;
    this.access = access;
    this.gate = gate;
    this.patience = patience;
  }

  void accepted(Connection connection) {
    connections.accepted(connection);
    connection.deadline(config.connectTimeout(), () -> closing.violated(connection, NO_CONNECT));
    turnAway(connection, access.came());
    if (config.proxyProtocol().equals("off")) {
      identified(connection);
    }
  }

  /** It is known whose connection it is. */
  void identified(Connection connection) {
    turnAway(connection, access.identified(connection));
  }

  private void turnAway(Connection connection, @Nullable Closure reason) {
    if (reason != null && !connection.isOver()) {
      metrics.refused(reason.word());
      events.turnedAway(connection, reason.word());
      closing.close(connection, reason);
    }
  }

  boolean connect(Connection connection, MqttConnectMessage packet) {
    connection.cancelDeadline();
    switch (check.check(packet)) {
      case Refused refused -> refuse(connection, refused.refusal());
      case ConnectRequest request -> {
        connection.client(request.client());
        if (access.isBanned(request.client())) {
          refuse(connection, BANNED);
        } else if (uplink.hasRoom()) {
          authenticate(connection, request);
        } else {
          refuse(connection, NO_UPLINK);
        }
      }
    }
    return true;
  }

  private void refuse(Connection connection, Refusal refusal) {
    metrics.refused(refusal.cause());
    events.connectionRefused(connection, refusal.cause());
    closing.refuse(connection, refusal, Closure.violation(refusal));
  }

  private void authenticate(Connection connection, ConnectRequest request) {
    connection.state(Connection.State.AUTHENTICATING);
    connection.progress(new ConnectProgress(request, System.nanoTime()));
    Client client = request.client();
    ConnectAttempt attempt =
        new ConnectAttempt(
            client.clientId(),
            client.username(),
            request.password(),
            connection.remoteAddress(),
            connection.certificate(),
            connection.listener());
    var _ =
        authentication
            .authenticate(attempt, access.isSuspect(connection))
            .thenAccept(answer -> connection.execute(() -> decided(connection, answer)));
  }

  private void decided(Connection connection, AuthCache.Answer answer) {
    ConnectProgress progress = connection.progress();
    AuthenticatorChain.Outcome outcome = answer.outcome();
    boolean crowded = SuspectQueue.isCrowded(outcome);
    if (!crowded) {
      metrics.authenticated(answer, progress.elapsed(System.nanoTime()));
    }
    if (progress.request().password() != null) {
      progress.request().password().wipe();
    }
    if (connection.state() != Connection.State.AUTHENTICATING) {
      return;
    }
    if (crowded) {
      metrics.refused(SuspectQueue.CROWDED.cause());
      events.turnedAway(connection, SuspectQueue.CROWDED.cause());
      closing.refuse(connection, SuspectQueue.CROWDED, Closure.violation(SuspectQueue.CROWDED));
      return;
    }
    progress.authenticator(outcome.authenticator());
    switch (outcome.decision()) {
      case Allow allow -> allowed(connection, progress, allow.grant());
      case Deny deny -> deny(connection, progress, deny.refusal());
      case Ignore _ -> throw new IllegalStateException("the chain decides");
    }
  }

  private void deny(Connection connection, ConnectProgress progress, Refusal refusal) {
    access.denied(connection, refusal);
    audit.connectDenied(
        connection, refusal, progress.authenticator(), progress.elapsed(System.nanoTime()));
    closing.refuse(
        connection,
        refusal,
        Closure.of(CloseCause.NOT_AUTHORIZED, refusal.reasonCode(), refusal.cause()));
  }

  private void allowed(Connection connection, ConnectProgress progress, Grant grant) {
    ConnectRequest request = progress.request();
    Will will = request.will();
    TopicQuestion question =
        will == null
            ? null
            : TopicQuestion.publish(will.getTopic(), will.getQos(), will.getRetain());
    if (question != null && grant.mustAsk(question)) {
      var _ =
          grant
              .asked()
              .ask(question)
              .thenAccept(answer -> connection.execute(() -> allowed(connection, progress, grant)));
      return;
    }
    if (connection.state() != Connection.State.AUTHENTICATING) {
      return; // it went away meanwhile
    }
    if (question != null && grant.answer(question) == AskedTopics.Answer.FAILED) {
      deny(connection, progress, WILL_UNANSWERED);
      return;
    }
    if (will != null && !mayLeave(will, grant)) {
      deny(connection, progress, WILL_DENIED);
      return;
    }
    enter(connection, progress, grant);
  }

  /** Its turn comes at once, unless a whole fleet comes. */
  private void enter(Connection connection, ConnectProgress progress, Grant grant) {
    OpeningGate.Entrant entrant =
        new OpeningGate.Entrant(() -> connection.execute(() -> open(connection, progress, grant)));
    connection.entrant(entrant);
    connection.deadline(patience, () -> refuse(connection, CROWDED));
    if (!gate.enter(entrant)) {
      refuse(connection, CROWDED);
    }
  }

  private void open(Connection connection, ConnectProgress progress, Grant grant) {
    if (connection.state() != Connection.State.AUTHENTICATING) {
      return; // it went away meanwhile
    }
    ConnectRequest request = progress.request();
    connection.opened(epochs.next(), grant);
    connection.state(Connection.State.OPENING);
    connections.opened(connection);
    connection.deadline(config.sessionTimeout(), () -> notInTime(connection));
    sessions.open(connection, request, failure -> sessionRecorded(connection, failure));
    if (request.isTransient()) {
      // Nobody waits for the owner's answer; others must not wait for it forever.
      OpeningGate.Entrant entrant = connection.entrant();
      connection.later(config.sessionTimeout(), () -> gate.left(entrant));
      accept(connection, progress, false);
    }
  }

  private static boolean mayLeave(Will will, Grant grant) {
    return !will.getTopic().startsWith("$")
        && grant.mayPublish(will.getTopic(), will.getQos(), will.getRetain());
  }

  private void sessionRecorded(Connection connection, Exception failure) {
    if (failure != null) {
      connection.execute(() -> closing.close(connection, Closure.UPLINK_FAILED));
    }
  }

  private void notInTime(Connection connection) {
    metrics.refused(NOT_IN_TIME.cause());
    events.connectionRefused(connection, NOT_IN_TIME.cause());
    closing.refuse(
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
    accept(connection, progress, opened.getSessionPresent());
  }

  private void accept(Connection connection, ConnectProgress progress, boolean sessionPresent) {
    progress.handedToMoquette(sessionPresent);
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
      refuse(connection, new Refusal(ReasonCode.SERVER_UNAVAILABLE, "moquette_refused"));
      return;
    }
    connection.cancelDeadline();
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
      connection.grantExpiry(
          left.isNegative() ? Duration.ZERO : left,
          () -> closing.close(connection, Closure.GRANT_EXPIRED));
    }
  }
}
