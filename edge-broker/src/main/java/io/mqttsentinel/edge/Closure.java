package io.mqttsentinel.edge;

import io.micronaut.core.annotation.Nullable;
import io.mqttsentinel.schemas.CloseCause;

/**
 * How a connection ends.
 *
 * @param reasonCode of MQTT 5
 * @param word short stable word for metrics and audit
 * @param sessionExpirySeconds as changed by the client's DISCONNECT, or null
 */
record Closure(
    CloseCause cause,
    int reasonCode,
    String word,
    @Nullable Long sessionExpirySeconds,
    boolean discardWill) {

  static final Closure LOST = of(CloseCause.CONNECTION_LOST, 0, "connection_lost");
  static final Closure KEEP_ALIVE =
      of(CloseCause.KEEP_ALIVE_TIMEOUT, ReasonCode.KEEP_ALIVE_TIMEOUT, "keep_alive_timeout");
  static final Closure SHUTDOWN =
      of(CloseCause.EDGE_SHUTDOWN, ReasonCode.SHUTTING_DOWN, "edge_shutdown");
  static final Closure USE_ANOTHER_SERVER =
      of(CloseCause.EDGE_SHUTDOWN, ReasonCode.USE_ANOTHER_SERVER, "edge_shutdown");
  static final Closure UPLINK_FAILED =
      of(CloseCause.KICKED, ReasonCode.SERVER_BUSY, "uplink_failed");
  static final Closure GRANT_EXPIRED =
      of(CloseCause.NOT_AUTHORIZED, ReasonCode.NOT_AUTHORIZED, "grant_expired");
  static final Closure REVOKED =
      of(CloseCause.NOT_AUTHORIZED, ReasonCode.NOT_AUTHORIZED, "grant_revoked");
  static final Closure BANNED =
      of(CloseCause.NOT_AUTHORIZED, ReasonCode.ADMINISTRATIVE_ACTION, "banned");
  static final Closure TOPIC_BACKEND_FAILED =
      of(CloseCause.KICKED, ReasonCode.SERVER_BUSY, "topic_backend_failed");
  static final Closure SESSION_TIMEOUT =
      of(CloseCause.KICKED, ReasonCode.SERVER_BUSY, "session_timeout");
  static final Closure DELIVERY_OVERFLOW =
      of(CloseCause.LIMIT_EXCEEDED, ReasonCode.QUOTA_EXCEEDED, "delivery_window_exceeded");

  /** Whether neither side meant to end it. */
  boolean isBreak() {
    return cause == CloseCause.CONNECTION_LOST || cause == CloseCause.KEEP_ALIVE_TIMEOUT;
  }

  static Closure of(CloseCause cause, int reasonCode, String word) {
    return new Closure(cause, reasonCode, word, null, false);
  }

  static Closure violation(Refusal refusal) {
    return of(CloseCause.PROTOCOL_ERROR, refusal.reasonCode(), refusal.cause());
  }

  static Closure fenced(int reasonCode) {
    return reasonCode == ReasonCode.TAKEN_OVER
        ? of(CloseCause.TAKEN_OVER, reasonCode, "taken_over")
        : of(CloseCause.KICKED, reasonCode, "fenced");
  }

  static Closure byClient(int reasonCode, @Nullable Long sessionExpirySeconds) {
    // A client that just leaves wants no will; any reason but "normal" does (MQTT 5.0, 3.14.2.1).
    boolean discardWill = reasonCode == ReasonCode.SUCCESS;
    return new Closure(
        CloseCause.CLIENT_DISCONNECT,
        reasonCode,
        "client_disconnect",
        sessionExpirySeconds,
        discardWill);
  }
}
