package io.mqttsentinel.edge;

import io.mqttsentinel.edge.AuthDecision.Allow;
import io.mqttsentinel.edge.AuthDecision.Deny;
import io.mqttsentinel.edge.AuthDecision.Ignore;
import io.mqttsentinel.edge.CheckedConnect.Refused;
import io.mqttsentinel.schemas.CloseCause;
import io.mqttsentinel.schemas.Will;
import io.netty.handler.codec.mqtt.MqttConnectMessage;
import io.netty.handler.codec.mqtt.MqttProperties;

/**
 * From CONNECT to the permission: protocol rules, authentication, what it wants to leave behind.
 */
final class ConnectFlow {

  private static final Refusal NO_UPLINK =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "uplink_full");
  private static final Refusal WILL_DENIED =
      new Refusal(ReasonCode.NOT_AUTHORIZED, "will_topic_denied");
  private static final Refusal WILL_UNANSWERED =
      new Refusal(ReasonCode.SERVER_UNAVAILABLE, "topic_backend_failed");
  private static final Refusal BANNED = new Refusal(ReasonCode.BANNED, "banned");

  private final ConnectCheck check;
  private final Authentication authentication;
  private final Access access;
  private final Uplink uplink;
  private final OpeningFlow opening;
  private final CloseFlow closing;
  private final Audit audit;
  private final EdgeMetrics metrics;

  ConnectFlow(
      ConnectCheck check,
      Authentication authentication,
      Access access,
      Uplink uplink,
      OpeningFlow opening,
      CloseFlow closing,
      Audit audit,
      EdgeMetrics metrics) {
    this.check = check;
    this.authentication = authentication;
    this.access = access;
    this.uplink = uplink;
    this.opening = opening;
    this.closing = closing;
    this.audit = audit;
    this.metrics = metrics;
  }

  boolean connect(Connection connection, MqttConnectMessage packet) {
    connection.timers().cancelDeadline();
    PacketSizeGuard.watch(
        connection.context().pipeline(),
        MqttFields.unsigned(
            packet.variableHeader().properties(), MqttProperties.MAXIMUM_PACKET_SIZE),
        () -> metrics.refused("answer_too_large"));
    switch (check.check(packet)) {
      case Refused refused -> closing.reject(connection, refused.refusal());
      case ConnectRequest request -> {
        connection.client(request.client());
        if (access.isBanned(request.client())) {
          closing.reject(connection, BANNED);
        } else if (uplink.hasRoom()) {
          authenticate(connection, request);
        } else {
          closing.reject(connection, NO_UPLINK);
        }
      }
    }
    return true;
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
            .thenAccept(answer -> connection.run(() -> decided(connection, answer)));
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
      access.crowdedOut(connection);
      closing.turnAway(connection, SuspectQueue.CROWDED);
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
    Will will = progress.request().will();
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
    } else if (will != null && !mayLeave(will, grant)) {
      deny(connection, progress, WILL_DENIED);
    } else {
      opening.enter(connection, grant);
    }
  }

  private static boolean mayLeave(Will will, Grant grant) {
    return !will.getTopic().startsWith("$")
        && grant.mayPublish(will.getTopic(), will.getQos(), will.getRetain());
  }
}
