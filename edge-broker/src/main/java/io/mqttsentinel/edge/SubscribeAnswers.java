package io.mqttsentinel.edge;

import io.mqttsentinel.edge.SubscribeState.PendingRequest;
import io.mqttsentinel.schemas.SubscriptionApplied;
import java.util.Arrays;

/** SUBACK and UNSUBACK, when the owner of the session says what became of the request. */
final class SubscribeAnswers {

  private static final int MAXIMUM_QOS = 2;

  private final CloseFlow closing;
  private final EdgeMetrics metrics;

  SubscribeAnswers(CloseFlow closing, EdgeMetrics metrics) {
    this.closing = closing;
    this.metrics = metrics;
  }

  /** A part of a request took effect. */
  void applied(Connection connection, SubscriptionApplied applied) {
    if (connection.isOver()) {
      return;
    }
    PendingRequest request = connection.subscriptions().pending(applied.getRequestId());
    if (request == null) {
      return;
    }
    if (applied.getReasonCode() >= ReasonCode.UNSPECIFIED) {
      connection.subscriptions().done(applied.getRequestId());
      failed(connection, request, applied.getReasonCode());
    } else if (request.applied(applied.getPart(), applied.getParts())) {
      connection.subscriptions().done(applied.getRequestId());
      connection.write(
          request.isSubscribe()
              ? Packets.suback(request.packetId(), request.codes())
              : Packets.unsuback(request.packetId(), request.codes(), connection.speaksMqtt5()));
      connection.inbox().finished();
    }
  }

  /** The owner of the session refused the whole request. */
  private void failed(Connection connection, PendingRequest request, int reasonCode) {
    metrics.refused("session_owner_refused");
    boolean mqtt5 = connection.speaksMqtt5();
    if (!request.isSubscribe() && !mqtt5) {
      closing.close(connection, Closure.SESSION_TIMEOUT); // UNSUBACK could only say that it worked
      return;
    }
    int[] codes = request.codes().clone();
    Arrays.setAll(
        codes,
        i -> {
          boolean asked = codes[i] <= MAXIMUM_QOS;
          return asked ? (mqtt5 ? reasonCode : ReasonCode.MQTT3_SUBACK_FAILURE) : codes[i];
        });
    if (request.isSubscribe()) {
      request.filters().forEach(connection.subscriptions()::remove);
      connection.write(Packets.suback(request.packetId(), codes));
    } else {
      request.filters().forEach(connection.subscriptions()::add);
      connection.write(Packets.unsuback(request.packetId(), codes, true));
    }
    connection.inbox().finished();
  }
}
