package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.AuditActivity;
import io.mqttsentinel.schemas.AuditChain;
import io.mqttsentinel.schemas.AuditOutcome;
import io.mqttsentinel.schemas.AuthAudit;
import io.mqttsentinel.schemas.Ban;
import io.mqttsentinel.schemas.BanKind;
import io.mqttsentinel.schemas.Topics;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;

/**
 * Every decision on who may do what, as a record. All records of one start of this edge are one
 * hash chain, in the order in which they are handed over.
 */
final class Audit {

  private static final int RECORD_SIZE = 512;

  private final Uplink uplink;
  private final EdgeIdentity identity;
  private final EdgeMetrics metrics;
  private final Clock clock;
  private final String producer;
  private long sequence; // guarded by this, as is the next
  private ByteBuffer previousHash = AuditChain.BEGINNING;

  Audit(Uplink uplink, EdgeIdentity identity, EdgeMetrics metrics, Clock clock) {
    this.uplink = uplink;
    this.identity = identity;
    this.metrics = metrics;
    this.clock = clock;
    this.producer = identity.edge() + "/" + Long.toString(identity.bootId(), Character.MAX_RADIX);
  }

  void connected(Connection connection, String authenticator, Duration elapsed) {
    submit(
        record(connection, AuditActivity.CONNECT, AuditOutcome.SUCCESS, "", ReasonCode.SUCCESS)
            .setAuthenticator(authenticator)
            .setElapsedMicros(elapsed.toNanos() / 1000));
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
            .setElapsedMicros(elapsed.toNanos() / 1000));
  }

  void disconnected(Connection connection, String cause, int reasonCode) {
    submit(record(connection, AuditActivity.DISCONNECT, AuditOutcome.SUCCESS, cause, reasonCode));
  }

  /** False where there is no room: the packet has to wait, as nothing goes unrecorded. */
  boolean denied(
      Connection connection, AuditActivity activity, Refusal refusal, @Nullable String topic) {
    AuthAudit.Builder audit =
        record(connection, activity, AuditOutcome.FAILURE, refusal.cause(), refusal.reasonCode())
            .setTopic(topic);
    if (!uplink.hasRoom()) {
      return false;
    }
    submit(audit);
    return true;
  }

  /** This edge banned somebody. */
  void banned(Ban ban) {
    boolean client = ban.getKind() == BanKind.CLIENT_ID;
    submit(
        AuthAudit.newBuilder()
            .setAt(clock.instant())
            .setRegion(identity.region())
            .setEdge(identity.edge())
            .setClientId(client ? ban.getValue() : "")
            .setUsername(ban.getKind() == BanKind.USERNAME ? ban.getValue() : null)
            .setRemoteAddress(ban.getKind() == BanKind.ADDRESS ? ban.getValue() : "")
            .setActivity(AuditActivity.BAN)
            .setOutcome(AuditOutcome.SUCCESS)
            .setCause(ban.getReason()));
  }

  /** Records enter the uplink in the order of the chain. */
  private synchronized void submit(AuthAudit.Builder next) {
    AuthAudit audit =
        next.setProducer(producer)
            .setSequence(++sequence)
            .setPreviousHash(previousHash)
            .setHash(AuditChain.BEGINNING)
            .build();
    previousHash = AuditChain.hash(audit);
    audit.setHash(previousHash);
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
        .setUsername(EdgeEvents.bounded(connection.client().username()))
        .setRemoteAddress(connection.remoteAddress())
        .setActivity(activity)
        .setOutcome(outcome)
        .setCause(cause)
        .setReasonCode(reasonCode);
  }
}
