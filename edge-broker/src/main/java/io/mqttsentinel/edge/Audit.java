package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Topics;
import java.time.Clock;
import java.time.Duration;

/** Every decision on who may do what, as a record. */
final class Audit {

  private static final int RECORD_SIZE = 512;

  private final Uplink uplink;
  private final EdgeIdentity identity;
  private final EdgeMetrics metrics;
  private final Clock clock;

  Audit(Uplink uplink, EdgeIdentity identity, EdgeMetrics metrics, Clock clock) {
    this.uplink = uplink;
    this.identity = identity;
    this.metrics = metrics;
    this.clock = clock;
  }

  void connected(Connection connection, String authenticator, Duration elapsed) {
    submit(
        record(connection, AuditActivity.CONNECT, AuditOutcome.SUCCESS, "", ReasonCode.SUCCESS)
            .setAuthenticator(authenticator)
            .setElapsedMicros(elapsed.toNanos() / 1000)
            .build());
  }

  void connectDenied(
      Connection connection, Refusal refusal, String authenticator, Duration elapsed) {
    submit(
        record(
                connection,
                AuditActivity.CONNECT,
                AuditOutcome.FAILURE,
                refusal.cause(),
                refusal.reasonCode())
            .setAuthenticator(authenticator)
            .setElapsedMicros(elapsed.toNanos() / 1000)
            .build());
  }

  void disconnected(Connection connection, String cause, int reasonCode) {
    submit(
        record(connection, AuditActivity.DISCONNECT, AuditOutcome.SUCCESS, cause, reasonCode)
            .build());
  }

  /** False where there is no room: the packet has to wait, as nothing goes unrecorded. */
  boolean denied(
      Connection connection, AuditActivity activity, Refusal refusal, @Nullable String topic) {
    AuthAudit audit =
        record(connection, activity, AuditOutcome.FAILURE, refusal.cause(), refusal.reasonCode())
            .setTopic(topic)
            .build();
    return uplink.offer(
        Topics.AUDIT_AUTH, audit.getClientId(), audit, RECORD_SIZE, this::countLost);
  }

  private void submit(AuthAudit audit) {
    uplink.submit(Topics.AUDIT_AUTH, audit.getClientId(), audit, RECORD_SIZE, this::countLost);
  }

  private void countLost(Exception failure) {
    if (failure != null) {
      metrics.lostRecord(Topics.AUDIT_AUTH.name());
    }
  }

  private AuthAudit.Builder record(
      Connection connection,
      AuditActivity activity,
      AuditOutcome outcome,
      String cause,
      int reasonCode) {
    return AuthAudit.newBuilder()
        .setAt(clock.instant())
        .setRegion(identity.region())
        .setEdge(identity.edge())
        .setClientId(connection.client().clientId())
        .setEpoch(connection.epoch())
        .setUsername(connection.client().username())
        .setRemoteAddress(connection.remoteAddress())
        .setActivity(activity)
        .setOutcome(outcome)
        .setCause(cause)
        .setReasonCode(reasonCode);
  }
}
